-- Teams (tổ) that run a model. unit_id is the team's own unit or, where own_unit is false, its model's.
CREATE TABLE teams (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    model_id uuid NOT NULL CONSTRAINT teams_model REFERENCES models (id),
    name text NOT NULL, name_key bytea NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT teams_unit REFERENCES units (id), own_unit boolean NOT NULL,
    started_on date NOT NULL, ended_on date
);
CREATE INDEX teams_created ON teams (created_at, id);
CREATE INDEX teams_model_id ON teams (model_id);
CREATE INDEX teams_unit_id ON teams (unit_id);
