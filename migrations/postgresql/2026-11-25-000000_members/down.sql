ALTER TABLE journal DROP COLUMN sealed;
ALTER TABLE journal DROP COLUMN person_id;
DROP TABLE member_erasures;
DROP TABLE member_disclosures;
DROP TABLE members;
DROP TABLE person_keys;
