-- +goose Up

-- A report as it came. Written once, never updated. What is private is sealed
-- with the key of the case; even the hash of the report is inside, since a
-- hash would tell whoever holds a guess that the guess is right.
CREATE TABLE reports (
	id            TEXT PRIMARY KEY,
	case_id       TEXT NOT NULL,        -- the case that the report opened
	channel       TEXT NOT NULL,        -- web, api, internal
	received_at   BIGINT NOT NULL,      -- microseconds UTC
	answer_by     BIGINT NOT NULL,      -- promised in the receipt; microseconds UTC
	token_hash    TEXT NOT NULL UNIQUE, -- keyed hash of the form's token
	phrase_hash   TEXT NOT NULL UNIQUE, -- keyed hash of the case phrase
	original      BYTEA NOT NULL,       -- sealed: the canonical JSON of the submission
	original_size BIGINT NOT NULL,      -- bytes before sealing
	findings      BYTEA NOT NULL        -- sealed: the remarks of the lint, as JSON
);
CREATE INDEX reports_case ON reports (case_id);

CREATE TABLE report_attachments (
	id        TEXT PRIMARY KEY,
	report_id TEXT NOT NULL REFERENCES reports (id),
	position  BIGINT NOT NULL,          -- order in the report, from 0
	blob_id   TEXT NOT NULL UNIQUE,
	size      BIGINT NOT NULL,          -- bytes before sealing
	meta      BYTEA NOT NULL            -- sealed: name, type and SHA-256, as JSON
);
CREATE INDEX report_attachments_report ON report_attachments (report_id);

-- +goose Down
DROP TABLE report_attachments;
DROP TABLE reports;
