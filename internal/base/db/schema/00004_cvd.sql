-- +goose Up

-- A case: one sealed document, and beside it in clear only what it is found
-- and ordered by. All times are microseconds UTC.
CREATE TABLE cases (
    id           TEXT   PRIMARY KEY,
    number       BIGINT NOT NULL UNIQUE, -- year times 1,000,000 plus the count of the year
    state        TEXT   NOT NULL,        -- receipt, verification, remediation, release, post-release, closed, merged
    place_group  BIGINT NOT NULL,        -- place in the queue: by these three, then by number
    place_first  BIGINT NOT NULL,
    place_second BIGINT NOT NULL,
    release_at   BIGINT,                 -- when a timed release is due; NULL: none is
    body         BYTEA  NOT NULL         -- sealed: the case as JSON
);
CREATE INDEX cases_queue ON cases (place_group, place_first, place_second, number);
CREATE INDEX cases_state ON cases (state, place_group, place_first, place_second, number);
CREATE INDEX cases_release ON cases (release_at) WHERE release_at IS NOT NULL;

-- The count of cases of each year.
CREATE TABLE case_numbers (
    year BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- People invited to one case.
CREATE TABLE case_people (
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    user_id    TEXT   NOT NULL,
    role       TEXT   NOT NULL,  -- fixer, reviewer, distributor, coordinator
    removed_at BIGINT NOT NULL,  -- 0 while the invitation stands
    body       BYTEA  NOT NULL,  -- sealed: name, by whom and when, as JSON
    PRIMARY KEY (case_id, user_id, role)
);
CREATE INDEX case_people_user ON case_people (user_id);

-- What invited people have seen, once a day.
CREATE TABLE case_seen (
    case_id TEXT   NOT NULL REFERENCES cases (id),
    user_id TEXT   NOT NULL,
    what    TEXT   NOT NULL,    -- case, draft, or the id of a file
    day     BIGINT NOT NULL,    -- midnight UTC
    PRIMARY KEY (case_id, user_id, what, day)
);

-- Notes of the team. Never shown outside it.
CREATE TABLE case_notes (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL REFERENCES cases (id),
    at      BIGINT NOT NULL,
    body    BYTEA  NOT NULL     -- sealed: author and text, as JSON
);
CREATE INDEX case_notes_case ON case_notes (case_id, at);

-- Letters between the team and the reporter of one report.
CREATE TABLE case_messages (
    id        TEXT   PRIMARY KEY,
    case_id   TEXT   NOT NULL REFERENCES cases (id), -- that the report opened, even when it is merged
    report_id TEXT   NOT NULL REFERENCES reports (id),
    side      TEXT   NOT NULL,  -- who wrote it: reporter, team
    at        BIGINT NOT NULL,
    read_at   BIGINT NOT NULL,  -- when the other side first saw it; 0: not yet
    body      BYTEA  NOT NULL   -- sealed: author and text, as JSON
);
CREATE INDEX case_messages_report ON case_messages (report_id, at);
CREATE INDEX case_messages_unread ON case_messages (case_id) WHERE side = 'reporter' AND read_at = 0;

-- Files that came with a letter.
CREATE TABLE case_files (
    id         TEXT   PRIMARY KEY,
    message_id TEXT   NOT NULL REFERENCES case_messages (id),
    position   BIGINT NOT NULL, -- order in the letter, from 0
    blob_id    TEXT   NOT NULL UNIQUE,
    cipher_id  TEXT   UNIQUE,   -- blob that is encrypted to the reporter's key; NULL: the reporter gets the other
    body       BYTEA  NOT NULL  -- sealed: names, types, sizes and hashes, as JSON
);
CREATE INDEX case_files_message ON case_files (message_id);
