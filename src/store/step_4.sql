-- The ledger is only ever added to. A correction is a row of its own that names the row which it takes the place of.
CREATE TABLE prices (id TEXT PRIMARY KEY, price TEXT NOT NULL);
DROP TRIGGER ledger_added;
DROP TRIGGER ledger_changed;
ALTER TABLE ledger RENAME TO ledger_before;
-- The columns of the table before it have kept their names: what is read out of a damaged older file fits.
CREATE TABLE ledger (
    key INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, run INTEGER NOT NULL, at INTEGER NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL, served_by TEXT, lane TEXT, preset TEXT, state TEXT, tier TEXT,
    usage TEXT, input INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER,
    cost TEXT NOT NULL, amount TEXT, currency TEXT, notional INTEGER, price TEXT, source TEXT, corrects INTEGER
);
INSERT INTO ledger (key, session, run, at, provider, model, served_by, preset, state, tier, usage, input, cached, output,
        reasoning, cost, amount, currency, notional)
    SELECT before.key, before.session, before.run, at, before.provider, before.model,
        json_extract(runs.body, '$.served_by'), preset, outcome, json_extract(runs.body, '$.service_tier'),
        json_extract(runs.body, '$.usage.raw'), input, cached, output, json_extract(runs.body, '$.usage.reasoning'),
        cost, amount, currency, before.provider = 'sandbox'
    FROM ledger_before AS before
        LEFT JOIN runs ON runs.session = before.session AND runs.run = before.run AND json_valid(runs.body)
        LEFT JOIN presets_used AS used ON used.session = before.session AND used.run = before.run
    ORDER BY before.key;
DROP TABLE ledger_before;
CREATE INDEX ledger_by_run ON ledger (session, run);
CREATE INDEX ledger_by_time ON ledger (at);
CREATE INDEX ledger_corrected ON ledger (corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN
    SELECT raise(ABORT, 'a row of the ledger is never changed');
END;
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger BEGIN
    SELECT raise(ABORT, 'a row of the ledger is never deleted');
END;
-- To replace a row would be to delete it without a word.
CREATE TRIGGER ledger_is_first BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger WHERE key = new.key) BEGIN
    SELECT raise(IGNORE);
END;
CREATE TRIGGER prices_stay BEFORE UPDATE ON prices BEGIN
    SELECT raise(ABORT, 'a price in the ledger is never changed');
END;
CREATE TRIGGER prices_keep BEFORE DELETE ON prices BEGIN
    SELECT raise(ABORT, 'a price in the ledger is never deleted');
END;
CREATE TRIGGER prices_are_first BEFORE INSERT ON prices WHEN EXISTS (SELECT 1 FROM prices WHERE id = new.id) BEGIN
    SELECT raise(IGNORE);
END;

-- What nobody is charged, and what belongs to no session, is not in the sums of sessions.
CREATE TRIGGER ledger_added AFTER INSERT ON ledger WHEN new.session <> ''
    AND NOT coalesce(new.notional, new.provider = 'sandbox')
    AND NOT EXISTS (SELECT 1 FROM ledger WHERE corrects = new.key) BEGIN
    INSERT INTO shelf (session) VALUES (new.session) ON CONFLICT DO NOTHING;
    INSERT INTO spent (shelf, cost, currency, runs, amount)
        SELECT key, new.cost, coalesce(new.currency, ''), 1, coalesce(new.amount, '0') FROM shelf
            WHERE session = new.session
        ON CONFLICT DO UPDATE SET runs = runs + 1, amount = money_sum(amount, excluded.amount);
END;
CREATE TRIGGER ledger_corrects AFTER INSERT ON ledger WHEN new.corrects IS NOT NULL BEGIN
    UPDATE spent SET runs = spent.runs - 1, amount = money_rest(spent.amount, coalesce(old.amount, '0'))
        FROM (SELECT shelf.key AS shelf, ledger.cost, coalesce(ledger.currency, '') AS currency, ledger.amount
            FROM ledger JOIN shelf USING (session) WHERE ledger.key = new.corrects
            AND NOT coalesce(ledger.notional, ledger.provider = 'sandbox')) AS old
        WHERE spent.shelf = old.shelf AND spent.cost = old.cost AND spent.currency = old.currency;
END;
