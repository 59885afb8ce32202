-- Reviews of models; unit_id is the model's. Activities of a unit, perhaps for some models.
CREATE TABLE reviews (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    model_id BLOB NOT NULL CONSTRAINT reviews_model REFERENCES models (id),
    unit_id BLOB NOT NULL CONSTRAINT reviews_unit REFERENCES units (id),
    period TEXT NOT NULL, rating TEXT NOT NULL, recommendation TEXT NOT NULL, reviewed_on TEXT NOT NULL,
    reviewer TEXT NOT NULL, exemplar BOOLEAN NOT NULL, notes TEXT, decision TEXT
);
CREATE UNIQUE INDEX reviews_model_period ON reviews (model_id, period);
CREATE INDEX reviews_created ON reviews (created_at, id);
CREATE INDEX reviews_reviewed ON reviews (reviewed_on, id);
CREATE INDEX reviews_unit_id ON reviews (unit_id);

CREATE TABLE activities (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    kind TEXT NOT NULL, title TEXT NOT NULL, unit_id BLOB NOT NULL CONSTRAINT activities_unit REFERENCES units (id),
    started_at INTEGER NOT NULL, ended_at INTEGER, organiser TEXT NOT NULL, topic TEXT,
    participant_count INTEGER, household_count INTEGER
);
CREATE INDEX activities_created ON activities (created_at, id);
CREATE INDEX activities_started ON activities (started_at, id);
CREATE INDEX activities_unit_id ON activities (unit_id);
CREATE TABLE activity_models (
    activity_id BLOB NOT NULL CONSTRAINT activity_models_activity REFERENCES activities (id),
    model_id BLOB NOT NULL CONSTRAINT activity_models_model REFERENCES models (id),
    PRIMARY KEY (activity_id, model_id)
);
CREATE INDEX activity_models_model_id ON activity_models (model_id);
