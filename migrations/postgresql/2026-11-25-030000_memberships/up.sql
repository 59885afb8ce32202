-- Memberships: of a member in a model, in a team, or in the force of a unit where it has neither of both.
-- unit_id is where it belongs: the unit itself, or that of the model or team.
CREATE TABLE memberships (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    member_id uuid NOT NULL CONSTRAINT memberships_member REFERENCES members (id),
    model_id uuid CONSTRAINT memberships_model REFERENCES models (id),
    team_id uuid CONSTRAINT memberships_team REFERENCES teams (id),
    unit_id uuid NOT NULL CONSTRAINT memberships_unit REFERENCES units (id),
    category text NOT NULL, role text NOT NULL, started_on date NOT NULL, ended_on date, end_reason text, pledged_on date,
    CONSTRAINT memberships_of_one CHECK (model_id IS NULL OR team_id IS NULL)
);
CREATE INDEX memberships_created ON memberships (created_at, id);
CREATE INDEX memberships_started ON memberships (started_on, id);
CREATE INDEX memberships_member_id ON memberships (member_id);
CREATE INDEX memberships_model_id ON memberships (model_id);
CREATE INDEX memberships_team_id ON memberships (team_id);
CREATE INDEX memberships_unit_id ON memberships (unit_id);
