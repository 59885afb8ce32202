-- Memberships: of a member in a model, in a team, or in the force of a unit where it has neither of both.
-- unit_id is where it belongs: the unit itself, or that of the model or team.
CREATE TABLE memberships (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    member_id BLOB NOT NULL CONSTRAINT memberships_member REFERENCES members (id),
    model_id BLOB CONSTRAINT memberships_model REFERENCES models (id),
    team_id BLOB CONSTRAINT memberships_team REFERENCES teams (id),
    unit_id BLOB NOT NULL CONSTRAINT memberships_unit REFERENCES units (id),
    category TEXT NOT NULL, role TEXT NOT NULL, started_on TEXT NOT NULL, ended_on TEXT, end_reason TEXT, pledged_on TEXT,
    CONSTRAINT memberships_of_one CHECK (model_id IS NULL OR team_id IS NULL)
);
CREATE INDEX memberships_created ON memberships (created_at, id);
CREATE INDEX memberships_started ON memberships (started_on, id);
CREATE INDEX memberships_member_id ON memberships (member_id);
CREATE INDEX memberships_model_id ON memberships (model_id);
CREATE INDEX memberships_team_id ON memberships (team_id);
CREATE INDEX memberships_unit_id ON memberships (unit_id);
