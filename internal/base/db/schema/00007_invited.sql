-- +goose Up

-- The place of the case in the queue, beside each invitation to it: so that
-- someone who is invited to thousands of cases finds the first of them by an
-- index.
ALTER TABLE case_people ADD COLUMN place_group BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_people ADD COLUMN place_first BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_people ADD COLUMN place_second BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_people ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE case_people SET
    place_group = (SELECT c.place_group FROM cases c WHERE c.id = case_people.case_id),
    place_first = (SELECT c.place_first FROM cases c WHERE c.id = case_people.case_id),
    place_second = (SELECT c.place_second FROM cases c WHERE c.id = case_people.case_id),
    number = (SELECT c.number FROM cases c WHERE c.id = case_people.case_id);
CREATE INDEX case_people_queue ON case_people (user_id, place_group, place_first, place_second, number, case_id)
    WHERE removed_at = 0;
DROP INDEX case_people_user;
