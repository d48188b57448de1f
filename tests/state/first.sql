-- A store as the first alike wrote it: schema 1, one decision. Made by hand for tests/state/upkeep.rs; same licence as alike.
PRAGMA application_id = 1634494827;
CREATE TABLE decision (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL,
        body TEXT NOT NULL);
CREATE TABLE record (
        seq INTEGER NOT NULL REFERENCES decision(seq), source TEXT NOT NULL, record_id TEXT NOT NULL);
INSERT INTO decision VALUES (1, 'D-1d1d0acb18e16a31', '2026-05-04T10:00:00Z', 'anna', 'merge',
  '{"id":"D-1d1d0acb18e16a31","at":"2026-05-04T10:00:00Z","by":"anna","what":"merge","records":[{"source":"crm","record_id":"5"},{"source":"crm","record_id":"6"}]}');
INSERT INTO record VALUES (1, 'crm', '5'), (1, 'crm', '6');
PRAGMA user_version = 1;
