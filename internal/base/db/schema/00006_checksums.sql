-- +goose Up

-- From here on each page of an SQLite file ends in a checksum. The tables are
-- as they were, but a program that knows only version 5 would write pages
-- without one, and must not.
SELECT 1;
