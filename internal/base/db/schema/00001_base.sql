-- +goose Up

-- The audit record: each entry carries the hash of the one before it.
CREATE TABLE audit (
    seq        BIGINT  PRIMARY KEY, -- 1, 2, 3 … without a gap
    at         BIGINT  NOT NULL,    -- microseconds UTC
    actor      TEXT    NOT NULL,    -- user id, "reporter", "system", "anonymous"
    actor_name TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,    -- "case/<id>", "user/<id>" or ""
    sealed     BOOLEAN NOT NULL,    -- whether detail is sealed with the subject's key
    detail     BYTEA   NOT NULL,    -- JSON object of texts
    prev       TEXT    NOT NULL,    -- hash of entry seq-1, "" for the first
    hash       TEXT    NOT NULL     -- SHA-256 over all of the above, hexadecimal
);
CREATE INDEX audit_subject ON audit (subject, seq);

-- The end of the record. One row, there from the first entry on.
CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);

-- A key for each case, wrapped by the master key that is kept outside.
CREATE TABLE seal_keys (
    scope   TEXT  PRIMARY KEY, -- "case/<id>"
    wrapped BYTEA NOT NULL
);
