-- +goose Up

-- For which members of pre-disclosure lists a person was let into a case by a
-- notice. Whoever has rows here sees the case as a distributor only while they
-- still speak for one of those members and it is not suspended, removed or
-- gone. Who has none was invited by name.
CREATE TABLE case_contacts (
    case_id   TEXT NOT NULL REFERENCES cases (id),
    user_id   TEXT NOT NULL,
    member_id TEXT NOT NULL REFERENCES predisclosure_members (id),
    PRIMARY KEY (case_id, user_id, member_id)
);
-- Who was let in before this table came, and is a contact now. That someone was
-- invited by name and is a contact as well cannot be told apart here.
INSERT INTO case_contacts (case_id, user_id, member_id)
SELECT DISTINCT p.case_id, p.user_id, c.member_id
FROM case_people p JOIN predisclosure_contacts c ON c.user_id = p.user_id
WHERE p.role = 'distributor';

-- A thread may be that with a contact of an organisation that was told.
ALTER TABLE mail_tags ADD COLUMN recipient_id TEXT NOT NULL DEFAULT ''; -- organisation within the case
ALTER TABLE mail_tags ADD COLUMN contact_id   TEXT NOT NULL DEFAULT ''; -- on the list

-- A mail of which more than its text matters, and is nowhere else: it stays.
ALTER TABLE mail_in ADD COLUMN lasting BOOLEAN NOT NULL DEFAULT FALSE;
