-- +goose Up

-- The OpenPGP key that letters to a person are encrypted to.
CREATE TABLE user_keys (
    user_id     TEXT   PRIMARY KEY REFERENCES users (id),
    armored     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL, -- upper-case hexadecimal
    added_by    TEXT   NOT NULL, -- name of who gave it
    added_at    BIGINT NOT NULL
);

-- The tags in our addresses, by which an answer finds its thread: that with the
-- reporter of a report, or with a person on a case. Whoever knows a tag may
-- write into the thread; it opens nothing.
CREATE TABLE mail_tags (
    hash      TEXT PRIMARY KEY, -- keyed hash of the tag
    case_id   TEXT NOT NULL,    -- that the report opened, or that the person works on
    report_id TEXT NOT NULL,    -- "" in a thread with a person
    user_id   TEXT NOT NULL     -- "" in a thread with a reporter
);

-- Message-IDs of letters in a thread, ours and those that came in.
CREATE TABLE mail_ids (
    hash TEXT    PRIMARY KEY,                      -- keyed hash of the Message-ID
    tag  TEXT    NOT NULL REFERENCES mail_tags (hash),
    ours BOOLEAN NOT NULL                          -- we made it: nobody but its reader can know it
);

-- Mail that came in, as it came. Answered 250 once its row is here.
CREATE TABLE mail_in (
    id          TEXT   PRIMARY KEY,
    digest      TEXT   NOT NULL UNIQUE, -- keyed hash of its bytes: what is imported twice is there once
    state       TEXT   NOT NULL,        -- received, filed, quarantined, …
    received_at BIGINT NOT NULL,
    settled_at  BIGINT NOT NULL,        -- 0 until it is decided what became of it
    size        BIGINT NOT NULL,        -- bytes
    blob_id     TEXT   NOT NULL UNIQUE, -- the bytes, sealed with the mail's own key
    case_id     TEXT   NOT NULL,        -- where it was filed; ""
    body        BYTEA  NOT NULL         -- sealed: envelope, what was found, who decided
);
CREATE INDEX mail_in_state ON mail_in (state, received_at, id);

-- What a sender without a key can have the case phrase for, once.
CREATE TABLE mail_claims (
    report_id  TEXT   PRIMARY KEY REFERENCES reports (id),
    hash       TEXT   NOT NULL UNIQUE, -- keyed hash of the code in the receipt
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,        -- 0: not yet
    body       BYTEA  NOT NULL         -- sealed with the key of the case: what the phrase is derived from
);
