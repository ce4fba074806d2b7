-- +goose Up

-- How often a letter was about to be handed over whole, without our knowing
-- since whether it was taken. See internal/base/jobs.
ALTER TABLE jobs ADD COLUMN doubts BIGINT NOT NULL DEFAULT 0;
