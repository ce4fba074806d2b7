-- +goose Up

-- Who is on call: each version of the whole rota. The highest is in force.
CREATE TABLE rota (
    version BIGINT PRIMARY KEY, -- 1, 2, 3 …
    at      BIGINT NOT NULL,
    by_id   TEXT   NOT NULL,    -- user who made it
    body    BYTEA  NOT NULL     -- sealed: the rota as JSON
);
