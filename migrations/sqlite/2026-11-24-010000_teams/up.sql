-- Teams (tổ) that run a model. unit_id is the team's own unit or, where own_unit is false, its model's.
CREATE TABLE teams (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    model_id BLOB NOT NULL CONSTRAINT teams_model REFERENCES models (id),
    name TEXT NOT NULL, name_key BLOB NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT teams_unit REFERENCES units (id), own_unit BOOLEAN NOT NULL,
    started_on TEXT NOT NULL, ended_on TEXT
);
CREATE INDEX teams_created ON teams (created_at, id);
CREATE INDEX teams_model_id ON teams (model_id);
CREATE INDEX teams_unit_id ON teams (unit_id);
