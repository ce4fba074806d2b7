-- +goose Up

-- Who wants to be told of what is made public. The address is personal: it is
-- sealed, and erased when the subscription ends. What is wanted is in clear.
CREATE TABLE subscriptions (
    id           TEXT    PRIMARY KEY,
    number       BIGINT  NOT NULL UNIQUE, -- order of the fan-out
    lookup       TEXT    NOT NULL UNIQUE, -- keyed hash of the address, hexadecimal
    state        TEXT    NOT NULL,        -- asked, confirmed, ended, bounced
    products     TEXT    NOT NULL,        -- JSON list of names; empty: all
    least        TEXT    NOT NULL,        -- lowest severity of interest
    prenotices   BOOLEAN NOT NULL,
    round        BIGINT  NOT NULL,        -- of the wish to be confirmed: the link in a letter is good for one
    created_at   BIGINT  NOT NULL,        -- microseconds UTC, as all times
    letter_at    BIGINT  NOT NULL,        -- when the last letter was put to confirm it
    letter2_at   BIGINT  NOT NULL,        -- the one before; 0: none
    letter3_at   BIGINT  NOT NULL,        -- the one before that; 0: none
    confirmed_at BIGINT  NOT NULL,        -- 0: never
    ended_at     BIGINT  NOT NULL,        -- 0 while it is asked or confirmed
    bounces      BIGINT  NOT NULL,        -- permanent ones that counted
    bounced_at   BIGINT  NOT NULL,        -- when the last one counted; 0: never
    address      BYTEA   NOT NULL         -- sealed; empty once it has ended
);
CREATE INDEX subscriptions_state ON subscriptions (state, number);
CREATE INDEX subscriptions_letter ON subscriptions (letter_at);

-- Machines of others that are told as well. The team sets them up.
CREATE TABLE webhooks (
    id          TEXT   PRIMARY KEY,
    products    TEXT   NOT NULL, -- JSON list of names; empty: all
    least       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT NOT NULL, -- 0 while it is called
    last_ok_at  BIGINT NOT NULL, -- when it last took what was sent; 0: never
    problem     TEXT   NOT NULL, -- of the last attempt; "" if it went well
    problem_at  BIGINT NOT NULL,
    body        BYTEA  NOT NULL  -- sealed: URL and secrets, as JSON
);

-- How far the fan-out has come in what was made public. One row.
CREATE TABLE notice_cursor (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    seq    BIGINT NOT NULL, -- the last entry that all were told of
    number BIGINT NOT NULL  -- the last subscription that has its job for the entry after it
);
