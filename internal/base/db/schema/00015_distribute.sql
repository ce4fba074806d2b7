-- +goose Up

-- The patch as it is given to distributors before the release.
CREATE TABLE case_patches (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL REFERENCES cases (id),
    at      BIGINT NOT NULL,   -- microseconds UTC, as all times
    removed BIGINT NOT NULL,   -- since when it is given to nobody; 0: it is given
    meta    BYTEA  NOT NULL,   -- sealed: name, size and by whom, as JSON
    body    BYTEA  NOT NULL    -- sealed: the diff
);
CREATE INDEX case_patches_case ON case_patches (case_id, at);

-- Every wording of the draft of which someone may have a copy of their own:
-- what a leak is held against.
CREATE TABLE case_copies (
    case_id TEXT   NOT NULL REFERENCES cases (id),
    at      BIGINT NOT NULL,
    body    BYTEA  NOT NULL,   -- sealed: the text before it was marked
    PRIMARY KEY (case_id, at)
);
