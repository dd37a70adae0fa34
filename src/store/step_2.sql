-- What the user chose for a session; it survives whatever the program writes of it.
CREATE TABLE marks (
    session TEXT PRIMARY KEY, title TEXT, pinned INTEGER NOT NULL DEFAULT 0, deleted INTEGER
);
CREATE TABLE tags (session TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (session, tag));

-- All from here on follows from the other tables. `ON CONFLICT DO NOTHING`, never `OR IGNORE`: in a trigger, the policy
-- of the statement that fires it goes before the trigger's own.
CREATE TABLE presets_used (
    session TEXT NOT NULL, run INTEGER NOT NULL, preset TEXT NOT NULL, PRIMARY KEY (session, run)
) WITHOUT ROWID;
CREATE TRIGGER runs_preset AFTER INSERT ON runs WHEN json_type(new.body, '$.preset') = 'text' BEGIN
    INSERT INTO presets_used (session, run, preset)
        VALUES (new.session, new.run, json_extract(new.body, '$.preset')) ON CONFLICT DO NOTHING;
END;
CREATE TABLE shelf (
    key INTEGER PRIMARY KEY, session TEXT NOT NULL UNIQUE, title TEXT NOT NULL DEFAULT '', created INTEGER,
    updated INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, deleted INTEGER,
    turns INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX shelf_by_time ON shelf (pinned, updated);
CREATE TABLE answered (
    shelf INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, runs INTEGER NOT NULL,
    PRIMARY KEY (shelf, provider, model)
) WITHOUT ROWID;
CREATE TABLE called (shelf INTEGER NOT NULL, tool TEXT NOT NULL, PRIMARY KEY (shelf, tool)) WITHOUT ROWID;
CREATE TABLE spent (
    shelf INTEGER NOT NULL, cost TEXT NOT NULL, currency TEXT NOT NULL, runs INTEGER NOT NULL, amount TEXT NOT NULL,
    PRIMARY KEY (shelf, cost, currency)
) WITHOUT ROWID;

CREATE TRIGGER sessions_begun AFTER INSERT ON sessions BEGIN
    INSERT INTO shelf (session) VALUES (new.id) ON CONFLICT DO NOTHING;
    UPDATE shelf SET created = new.created, updated = new.updated,
        title = coalesce((SELECT title FROM marks WHERE session = new.id), new.title)
        WHERE session = new.id;
END;
CREATE TRIGGER sessions_named AFTER UPDATE OF title ON sessions WHEN old.title <> new.title BEGIN
    UPDATE shelf SET title = coalesce((SELECT title FROM marks WHERE session = new.id), new.title)
        WHERE session = new.id;
END;
CREATE TRIGGER sessions_touched AFTER UPDATE OF updated ON sessions BEGIN
    UPDATE shelf SET updated = new.updated WHERE session = new.id;
END;
CREATE TRIGGER marks_made AFTER INSERT ON marks BEGIN
    INSERT INTO shelf (session) VALUES (new.session) ON CONFLICT DO NOTHING;
    UPDATE shelf SET pinned = new.pinned, deleted = new.deleted, title = coalesce(new.title, title)
        WHERE session = new.session;
END;
CREATE TRIGGER marks_changed AFTER UPDATE ON marks BEGIN
    UPDATE shelf SET pinned = new.pinned, deleted = new.deleted,
        title = coalesce(new.title, (SELECT title FROM sessions WHERE id = new.session), title)
        WHERE session = new.session;
END;

CREATE TRIGGER runs_added AFTER INSERT ON runs BEGIN
    INSERT INTO shelf (session) VALUES (new.session) ON CONFLICT DO NOTHING;
    UPDATE shelf SET failed = failed + (new.outcome = 'failed') WHERE session = new.session;
    INSERT INTO answered (shelf, provider, model, runs)
        SELECT key, new.provider, new.model, 1 FROM shelf WHERE session = new.session
        ON CONFLICT DO UPDATE SET runs = runs + 1;
END;
CREATE TRIGGER runs_ended AFTER UPDATE OF outcome ON runs WHEN old.outcome <> new.outcome BEGIN
    UPDATE shelf SET failed = failed + (new.outcome = 'failed') - (old.outcome = 'failed')
        WHERE session = new.session;
END;

-- Nobody is charged what the sandbox costs.
CREATE TRIGGER ledger_added AFTER INSERT ON ledger WHEN new.provider <> 'sandbox' BEGIN
    INSERT INTO shelf (session) VALUES (new.session) ON CONFLICT DO NOTHING;
    INSERT INTO spent (shelf, cost, currency, runs, amount)
        SELECT key, new.cost, coalesce(new.currency, ''), 1, coalesce(new.amount, '0') FROM shelf
            WHERE session = new.session
        ON CONFLICT DO UPDATE SET runs = runs + 1, amount = money_sum(amount, excluded.amount);
END;
CREATE TRIGGER ledger_changed AFTER UPDATE ON ledger WHEN new.provider <> 'sandbox' BEGIN
    UPDATE spent SET runs = runs - 1, amount = money_rest(amount, coalesce(old.amount, '0'))
        WHERE shelf = (SELECT key FROM shelf WHERE session = old.session) AND cost = old.cost
        AND currency = coalesce(old.currency, '');
    INSERT INTO spent (shelf, cost, currency, runs, amount)
        SELECT key, new.cost, coalesce(new.currency, ''), 1, coalesce(new.amount, '0') FROM shelf
            WHERE session = new.session
        ON CONFLICT DO UPDATE SET runs = runs + 1, amount = money_sum(amount, excluded.amount);
END;

-- The text: `found` is asked with the words of a query; `words` gives whole words for parts of them.
DROP TRIGGER turns_added;
DROP TRIGGER turns_removed;
DROP TRIGGER turns_changed;
DROP TABLE found;
CREATE VIRTUAL TABLE found USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE TABLE words (key INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE word_parts USING fts5 (
    word, content = 'words', content_rowid = 'key', columnsize = 0, detail = 'none',
    tokenize = 'trigram case_sensitive 1'
);
CREATE TRIGGER words_added AFTER INSERT ON words WHEN length(new.word) > 3 BEGIN
    INSERT INTO word_parts (rowid, word) VALUES (new.key, new.word);
END;
CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
    INSERT INTO shelf (session) VALUES (new.session) ON CONFLICT DO NOTHING;
    UPDATE shelf SET turns = turns + 1 WHERE session = new.session;
END;
CREATE TRIGGER turns_removed AFTER DELETE ON turns BEGIN
    UPDATE shelf SET turns = turns - 1 WHERE session = old.session;
    DELETE FROM found WHERE rowid = (SELECT key << 20 | old.turn FROM shelf WHERE session = old.session)
        AND old.text <> '' AND old.turn < 1 << 20;
END;
CREATE TRIGGER turns_written AFTER INSERT ON turns WHEN new.text <> '' AND new.turn < 1 << 20 BEGIN
    INSERT INTO found (rowid, text) SELECT key << 20 | new.turn, indexed(new.text) FROM shelf
        WHERE session = new.session;
    INSERT INTO words (word) SELECT value FROM json_each(vocabulary(new.text)) WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns WHEN old.text <> new.text AND new.turn < 1 << 20 BEGIN
    DELETE FROM found WHERE rowid = (SELECT key << 20 | old.turn FROM shelf WHERE session = old.session)
        AND old.text <> '';
    INSERT INTO found (rowid, text) SELECT key << 20 | new.turn, indexed(new.text) FROM shelf
        WHERE session = new.session AND new.text <> '';
    INSERT INTO words (word) SELECT value FROM json_each(vocabulary(new.text)) WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER turns_called AFTER INSERT ON turns WHEN json_type(new.body, '$.tool_calls') = 'array' BEGIN
    INSERT INTO called (shelf, tool)
        SELECT shelf.key, coalesce(json_extract(value, '$.name'), '') FROM shelf, json_each(new.body, '$.tool_calls')
            WHERE session = new.session
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER turns_called_later AFTER UPDATE OF body ON turns
    WHEN json_type(new.body, '$.tool_calls') = 'array' BEGIN
    INSERT INTO called (shelf, tool)
        SELECT shelf.key, coalesce(json_extract(value, '$.name'), '') FROM shelf, json_each(new.body, '$.tool_calls')
            WHERE session = new.session
        ON CONFLICT DO NOTHING;
END;

-- What is there already.
INSERT INTO shelf (session, title, created, updated, turns, failed)
    SELECT id, title, created, updated,
        (SELECT count(*) FROM turns WHERE session = id),
        (SELECT count(*) FROM runs WHERE session = id AND outcome = 'failed')
    FROM sessions ORDER BY created;
INSERT OR IGNORE INTO shelf (session) SELECT DISTINCT session FROM turns;
INSERT INTO answered (shelf, provider, model, runs)
    SELECT shelf.key, provider, model, count(*) FROM runs JOIN shelf USING (session) GROUP BY 1, 2, 3;
INSERT INTO spent (shelf, cost, currency, runs, amount)
    SELECT shelf.key, cost, coalesce(currency, ''), 1, coalesce(amount, '0') FROM ledger JOIN shelf USING (session)
        WHERE provider <> 'sandbox'
    ON CONFLICT DO UPDATE SET runs = runs + 1, amount = money_sum(amount, excluded.amount);
INSERT INTO found (rowid, text)
    SELECT shelf.key << 20 | turn, indexed(text) FROM turns JOIN shelf USING (session)
        WHERE text <> '' AND turn < 1 << 20;
INSERT OR IGNORE INTO words (word) SELECT value FROM turns, json_each(vocabulary(turns.text));
INSERT OR IGNORE INTO called (shelf, tool)
    SELECT shelf.key, coalesce(json_extract(value, '$.name'), '')
    FROM turns JOIN shelf USING (session), json_each(turns.body, '$.tool_calls');
INSERT INTO presets_used (session, run, preset)
    SELECT session, run, json_extract(body, '$.preset') FROM runs WHERE json_type(body, '$.preset') = 'text';
