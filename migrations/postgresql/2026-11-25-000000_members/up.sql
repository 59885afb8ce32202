-- Persons, households and organisations. What tells of a person is sealed by that person's own key; the
-- key is wrapped by a master key outside the database. profile: name, birth year, gender, address,
-- occupation and the endings of numbers; NULL once the person was erased.
CREATE TABLE person_keys (
    person_id uuid PRIMARY KEY, master text NOT NULL, wrapped bytea NOT NULL
);
CREATE INDEX person_keys_master ON person_keys (master);
CREATE TABLE members (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    kind text NOT NULL, unit_id uuid NOT NULL CONSTRAINT members_unit REFERENCES units (id),
    profile bytea, national_id bytea, national_id_blind bytea, phone bytea
);
CREATE INDEX members_created ON members (created_at, id);
CREATE INDEX members_unit_id ON members (unit_id);
CREATE INDEX members_national_id ON members (national_id_blind);

CREATE TABLE member_disclosures (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    member_id uuid NOT NULL CONSTRAINT member_disclosures_member REFERENCES members (id), reason text NOT NULL, fields text NOT NULL
);
CREATE INDEX member_disclosures_member_id ON member_disclosures (member_id);
CREATE TABLE member_erasures (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    member_id uuid NOT NULL CONSTRAINT member_erasures_member REFERENCES members (id), reason text NOT NULL, decision text
);
CREATE INDEX member_erasures_member_id ON member_erasures (member_id);

ALTER TABLE journal ADD COLUMN person_id uuid;
ALTER TABLE journal ADD COLUMN sealed bytea;
