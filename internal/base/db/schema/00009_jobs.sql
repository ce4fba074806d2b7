-- +goose Up

-- What is to be done later: letters, calls of webhooks, mails that came in.
-- Each was put there in the transaction of the deed that wants it.
CREATE TABLE jobs (
    id         TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL,        -- letter, webhook, …
    key_hash   TEXT   NOT NULL UNIQUE, -- SHA-256 of kind and key: the same deed puts it once
    scope      TEXT   NOT NULL,        -- whose key seals the body: "case/<id>", "mail"
    state      TEXT   NOT NULL,        -- waiting, running, done, failed, dropped
    run_at     BIGINT NOT NULL,        -- not before; microseconds UTC, as all times
    attempts   BIGINT NOT NULL,        -- how often it was begun
    problem    TEXT   NOT NULL,        -- of the last attempt, in words that tell nothing private; "" if none
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,        -- 0 while it waits or runs
    body       BYTEA  NOT NULL         -- sealed
);
CREATE INDEX jobs_due ON jobs (state, kind, run_at, created_at, id);
CREATE INDEX jobs_scope ON jobs (scope, created_at, id);
