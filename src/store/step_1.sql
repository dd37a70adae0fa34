CREATE TABLE sessions (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX sessions_by_time ON sessions (updated);
CREATE TABLE lanes (
    session TEXT NOT NULL, place INTEGER NOT NULL, letter TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (session, place)
);
CREATE TABLE turns (
    key INTEGER PRIMARY KEY, session TEXT NOT NULL, turn INTEGER NOT NULL, parent INTEGER, role TEXT NOT NULL,
    run INTEGER, text TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (session, turn)
);
CREATE TABLE pieces (
    key INTEGER PRIMARY KEY, session TEXT NOT NULL, turn INTEGER NOT NULL, part TEXT NOT NULL, piece TEXT NOT NULL
);
CREATE INDEX pieces_by_turn ON pieces (session, turn);
CREATE TABLE runs (
    key INTEGER PRIMARY KEY, session TEXT NOT NULL, run INTEGER NOT NULL, started INTEGER NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, body TEXT NOT NULL, wire BLOB,
    UNIQUE (session, run)
);
CREATE TABLE drafts (session TEXT PRIMARY KEY, draft TEXT NOT NULL, editing INTEGER, body TEXT NOT NULL);
CREATE TABLE ledger (
    key INTEGER PRIMARY KEY, session TEXT NOT NULL, run INTEGER NOT NULL, at INTEGER NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL, input INTEGER, cached INTEGER, output INTEGER,
    cost TEXT NOT NULL, amount TEXT, currency TEXT, UNIQUE (session, run)
);
CREATE VIRTUAL TABLE found USING fts5 (
    text, content = 'turns', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER turns_added AFTER INSERT ON turns WHEN new.text <> '' BEGIN
    INSERT INTO found (rowid, text) VALUES (new.key, new.text);
END;
CREATE TRIGGER turns_removed AFTER DELETE ON turns WHEN old.text <> '' BEGIN
    INSERT INTO found (found, rowid, text) VALUES ('delete', old.key, old.text);
END;
CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns WHEN old.text <> new.text BEGIN
    INSERT INTO found (found, rowid, text) SELECT 'delete', old.key, old.text WHERE old.text <> '';
    INSERT INTO found (rowid, text) SELECT new.key, new.text WHERE new.text <> '';
END;
