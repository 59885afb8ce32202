-- Persons, households and organisations. What tells of a person is sealed by that person's own key; the
-- key is wrapped by a master key outside the database. profile: name, birth year, gender, address,
-- occupation and the endings of numbers; NULL once the person was erased.
CREATE TABLE person_keys (
    person_id BLOB PRIMARY KEY, master TEXT NOT NULL, wrapped BLOB NOT NULL
);
CREATE INDEX person_keys_master ON person_keys (master);
CREATE TABLE members (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    kind TEXT NOT NULL, unit_id BLOB NOT NULL CONSTRAINT members_unit REFERENCES units (id),
    profile BLOB, national_id BLOB, national_id_blind BLOB, phone BLOB
);
CREATE INDEX members_created ON members (created_at, id);
CREATE INDEX members_unit_id ON members (unit_id);
CREATE INDEX members_national_id ON members (national_id_blind);

CREATE TABLE member_disclosures (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    member_id BLOB NOT NULL CONSTRAINT member_disclosures_member REFERENCES members (id), reason TEXT NOT NULL, fields TEXT NOT NULL
);
CREATE INDEX member_disclosures_member_id ON member_disclosures (member_id);
CREATE TABLE member_erasures (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    member_id BLOB NOT NULL CONSTRAINT member_erasures_member REFERENCES members (id), reason TEXT NOT NULL, decision TEXT
);
CREATE INDEX member_erasures_member_id ON member_erasures (member_id);

ALTER TABLE journal ADD COLUMN person_id BLOB;
ALTER TABLE journal ADD COLUMN sealed BLOB;
