-- +goose Up

-- Lists of those who may get notice of a vulnerability under embargo. What a
-- list asks for is public.
CREATE TABLE predisclosure_lists (
    id        TEXT   PRIMARY KEY, -- chosen by the team: letters, digits, hyphens
    version   BIGINT NOT NULL,    -- of the edit
    agreement BIGINT NOT NULL,    -- version of the agreement that is in force
    body      TEXT   NOT NULL     -- name, conditions and settings, as JSON
);

-- Every agreement that a list ever had. Rows are never changed.
CREATE TABLE predisclosure_agreements (
    list_id   TEXT   NOT NULL REFERENCES predisclosure_lists (id),
    version   BIGINT NOT NULL,   -- 1, 2, 3 …
    since     BIGINT NOT NULL,   -- microseconds UTC, as all times
    accept_by BIGINT NOT NULL,   -- until when members of an older one may take their time; 0: there were none
    text      TEXT   NOT NULL,
    PRIMARY KEY (list_id, version)
);

-- A member, from the application on: one sealed document, and beside it in
-- clear only what it is found by.
CREATE TABLE predisclosure_members (
    id         TEXT   PRIMARY KEY,
    list_id    TEXT   NOT NULL REFERENCES predisclosure_lists (id),
    state      TEXT   NOT NULL,        -- applied, vetted once, member, suspended, declined, removed, withdrawn
    applied_at BIGINT NOT NULL,
    token_hash TEXT   NOT NULL UNIQUE, -- keyed hash of the form's token
    text_hash  TEXT   NOT NULL,        -- keyed hash of what was sent with it
    body       BYTEA  NOT NULL         -- sealed: the member as JSON
);
CREATE INDEX predisclosure_members_list ON predisclosure_members (list_id, state, applied_at);

-- Which user a contact of a member signs in as.
CREATE TABLE predisclosure_contacts (
    member_id  TEXT NOT NULL REFERENCES predisclosure_members (id),
    contact_id TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (member_id, contact_id),
    UNIQUE (member_id, user_id)
);
CREATE INDEX predisclosure_contacts_user ON predisclosure_contacts (user_id);
