-- +goose Up

-- People who may sign in. Never deleted: the audit record names them.
CREATE TABLE users (
    id          TEXT   PRIMARY KEY,
    name        TEXT   NOT NULL,
    name_key    TEXT   NOT NULL UNIQUE, -- the name with case and form of letters folded
    email       TEXT   NOT NULL,        -- "" if not known
    role        TEXT   NOT NULL,        -- role in the team; "" for a person invited to cases only
    handle      BYTEA  NOT NULL UNIQUE, -- random; how authenticators know the user, telling nobody who it is
    created_at  BIGINT NOT NULL,        -- microseconds UTC, as all times
    disabled_at BIGINT NOT NULL         -- 0 while the person may sign in
);

-- Links that were made and not used yet. A used one is deleted.
CREATE TABLE links (
    id         TEXT   PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE, -- SHA-256 of the secret, hexadecimal, as all hashes here
    user_id    TEXT   NOT NULL REFERENCES users (id),
    purpose    TEXT   NOT NULL,        -- enrol, sign in
    made_by    TEXT   NOT NULL,        -- name of who made it
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (user_id, purpose)          -- a new link replaces the one before
);

CREATE TABLE passkeys (
    id            TEXT    PRIMARY KEY,
    credential_id TEXT    NOT NULL UNIQUE, -- as the authenticator names it, base64url
    user_id       TEXT    NOT NULL REFERENCES users (id),
    host          TEXT    NOT NULL,        -- relying party ID it was made for
    name          TEXT    NOT NULL,
    added_by      TEXT    NOT NULL,        -- name of who made the link it came by; "" if the user added it
    public_key    BYTEA   NOT NULL,        -- COSE key
    transports    TEXT    NOT NULL,        -- how to reach the authenticator, with commas between
    sign_count    BIGINT  NOT NULL,
    synced        BOOLEAN NOT NULL,        -- backup state
    syncable      BOOLEAN NOT NULL,        -- backup eligible: never changes
    copied        BOOLEAN NOT NULL,        -- its counter went back: refused from then on
    created_at    BIGINT  NOT NULL,
    used_at       BIGINT  NOT NULL         -- 0: never
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- Questions to browsers about a passkey that wait for their answer. An
-- answered one is deleted, whatever the answer.
CREATE TABLE ceremonies (
    hash       TEXT   PRIMARY KEY, -- of the secret that the browser gives back
    kind       TEXT   NOT NULL,    -- make, show
    user_id    TEXT   NOT NULL,    -- for whom a passkey is made; "" to show one
    link_id    TEXT   NOT NULL,    -- the link that allowed it; "" if the user is signed in
    name       TEXT   NOT NULL,    -- of the passkey to be made
    state      TEXT   NOT NULL,    -- what the answer is checked by, JSON
    expires_at BIGINT NOT NULL
);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);

-- Browsers that are signed in: as a user, or at the mailbox of a report.
CREATE TABLE sessions (
    id         TEXT   PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    user_id    TEXT   REFERENCES users (id), -- NULL for a mailbox
    report_id  TEXT   NOT NULL,              -- "" for a user
    passkey_id TEXT   NOT NULL,              -- the passkey that opened it; "" if none did
    agent      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK ((user_id IS NULL) = (report_id <> ''))
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_report ON sessions (report_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id         TEXT   PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_day   BIGINT NOT NULL,        -- midnight UTC of the last day it was used; 0: never
    UNIQUE (user_id, name)
);
