//! The schema of the store, and the steps that lead to it.

/// From nothing to the schema of today. A step is never changed once released; a new one is added.
pub(super) const STEPS: [&str; 3] = [
    "CREATE TABLE decision (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL,
        body TEXT NOT NULL);
     CREATE TABLE record (
        seq INTEGER NOT NULL REFERENCES decision(seq), source TEXT NOT NULL, record_id TEXT NOT NULL);",
    "CREATE INDEX record_of_key ON record(source, record_id);
     CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;
     CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;",
    NIGHTS,
];

/// What runs leave behind. Times are UTC text; hashes are hexadecimal SHA-256, but for `content` and `view`, 64 bits that only
/// tell whether something changed. A contact whose source was not there tonight keeps its row; `last_run` of a contact
/// that is not retired is that of its source.
const NIGHTS: &str = "
    CREATE TABLE model (
        seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, frozen_at TEXT NOT NULL, body TEXT NOT NULL);
    CREATE TABLE run (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, finished TEXT NOT NULL,
        version TEXT NOT NULL, settings TEXT NOT NULL, folder TEXT NOT NULL, model INTEGER REFERENCES model(seq),
        compared TEXT NOT NULL, good INTEGER NOT NULL, why TEXT NOT NULL, counts TEXT NOT NULL,
        contacts INTEGER NOT NULL, golden INTEGER NOT NULL);
    CREATE TABLE source (
        seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, snapshot TEXT NOT NULL,
        sha256 TEXT NOT NULL, input TEXT NOT NULL, last_run INTEGER NOT NULL REFERENCES run(seq), retired INTEGER NOT NULL);
    CREATE TABLE input (
        run INTEGER NOT NULL REFERENCES run(seq), source INTEGER NOT NULL REFERENCES source(seq), what TEXT NOT NULL,
        file TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL, quarantined INTEGER NOT NULL,
        PRIMARY KEY (run, source));
    CREATE TABLE golden (
        seq INTEGER PRIMARY KEY, id INTEGER NOT NULL, born INTEGER NOT NULL REFERENCES run(seq),
        ended INTEGER REFERENCES run(seq), into_golden INTEGER REFERENCES golden(seq),
        split_from INTEGER REFERENCES golden(seq));
    CREATE TABLE contact (
        seq INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(seq), record_id TEXT NOT NULL,
        content INTEGER NOT NULL, view INTEGER NOT NULL, golden INTEGER NOT NULL REFERENCES golden(seq),
        first_run INTEGER NOT NULL REFERENCES run(seq), last_run INTEGER REFERENCES run(seq),
        retired_run INTEGER REFERENCES run(seq));
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(seq), what TEXT NOT NULL,
        golden INTEGER NOT NULL REFERENCES golden(seq), other INTEGER REFERENCES golden(seq), records INTEGER NOT NULL,
        rule TEXT NOT NULL);
    CREATE TABLE quality (
        run INTEGER NOT NULL REFERENCES run(seq), source TEXT NOT NULL, field TEXT NOT NULL, rows INTEGER NOT NULL,
        completeness REAL NOT NULL, validity REAL);
    CREATE TABLE matching (
        seq INTEGER PRIMARY KEY CHECK (seq = 1), run INTEGER NOT NULL REFERENCES run(seq), key TEXT NOT NULL,
        links BLOB NOT NULL, given_up TEXT NOT NULL, sha256 TEXT NOT NULL);
    CREATE VIEW seen AS SELECT source.name AS source, contact.record_id, contact.first_run,
        coalesce(contact.last_run, source.last_run) AS last_run, contact.retired_run
        FROM contact JOIN source ON source.seq = contact.source;";
