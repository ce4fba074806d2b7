-- +goose Up

-- What the interpreter of C said of files that came with a report or a letter.
CREATE TABLE case_proofs (
    id        TEXT   PRIMARY KEY,
    case_id   TEXT   NOT NULL REFERENCES cases (id),   -- that the report opened, even when it is merged
    report_id TEXT   NOT NULL REFERENCES reports (id),
    at        BIGINT NOT NULL, -- when it was asked for
    body      BYTEA  NOT NULL, -- sealed: which files, who asked, the answer, as JSON
    given     BYTEA  NOT NULL  -- sealed: files of the team in the place of some, as JSON
);
CREATE INDEX case_proofs_case ON case_proofs (case_id, at);
