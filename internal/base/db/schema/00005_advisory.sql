-- +goose Up

-- The last number given out under a prefix in a year. It only grows, so that
-- no identifier is ever used twice.
CREATE TABLE advisory_numbers (
    prefix TEXT   NOT NULL, -- "SEC"; "PRE" for prenotices
    year   BIGINT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (prefix, year)
);

-- Everything that was ever made public, in the order in which it was: each
-- revision of an advisory, each state of a prenotice. Rows are never changed.
CREATE TABLE advisory_entries (
    seq      BIGINT PRIMARY KEY, -- 1, 2, 3 … without a gap
    kind     TEXT   NOT NULL,    -- "advisory" or "prenotice"
    id       TEXT   NOT NULL,
    revision BIGINT NOT NULL,    -- 1, 2, 3 … for each id
    at       BIGINT NOT NULL,    -- microseconds UTC
    record   TEXT   NOT NULL,    -- JSON
    UNIQUE (id, revision)
);

-- Where each advisory stands; its text is in its last entry.
CREATE TABLE advisories (
    id       TEXT   PRIMARY KEY,
    year     BIGINT NOT NULL,    -- of the identifier
    number   BIGINT NOT NULL,    -- of the identifier
    state    TEXT   NOT NULL,    -- "published" or "withdrawn"
    first    BIGINT NOT NULL UNIQUE REFERENCES advisory_entries (seq),
    last     BIGINT NOT NULL UNIQUE REFERENCES advisory_entries (seq)
);
CREATE INDEX advisories_number ON advisories (year, number);

CREATE TABLE prenotices (
    id       TEXT   PRIMARY KEY,
    advisory TEXT   NOT NULL,    -- id of the advisory that came of it; "" before
    release  BIGINT NOT NULL,    -- the hour announced, microseconds UTC
    last     BIGINT NOT NULL UNIQUE REFERENCES advisory_entries (seq)
);
