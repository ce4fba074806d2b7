-- +goose Up

-- The address of a person's calendar feed. It tells hours and nothing else.
CREATE TABLE calendar_links (
    user_id TEXT   PRIMARY KEY REFERENCES users (id), -- a new one replaces the one before
    hash    TEXT   NOT NULL UNIQUE,                   -- SHA-256 of the secret, hexadecimal
    made_at BIGINT NOT NULL
);
