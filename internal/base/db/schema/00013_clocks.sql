-- +goose Up

-- When Steward itself must look at a case next: a rung of the ladder, a
-- deadline that comes near. The soonest first, by an index. What is open when
-- this column comes is looked at once.
ALTER TABLE cases ADD COLUMN wake_at BIGINT;
UPDATE cases SET wake_at = 1 WHERE state NOT IN ('closed', 'merged');
CREATE INDEX cases_wake ON cases (wake_at) WHERE wake_at IS NOT NULL;

-- The reports that Steward sends to itself, to see that its channels work.
CREATE TABLE channel_checks (
    id         TEXT   PRIMARY KEY, -- random; its report says it, and nobody else can
    channel    TEXT   NOT NULL,    -- web, api, mail
    begun_at   BIGINT NOT NULL,    -- microseconds UTC, as all times
    arrived_at BIGINT NOT NULL,    -- when its report was filed; 0: not yet
    case_id    TEXT   NOT NULL,    -- "" before that
    ended_at   BIGINT NOT NULL,    -- 0 while it is under way
    problem    TEXT   NOT NULL     -- why the channel is not proved; "" if it is
);
CREATE INDEX channel_checks_channel ON channel_checks (channel, begun_at);
