-- Reviews of models; unit_id is the model's. Activities of a unit, perhaps for some models.
CREATE TABLE reviews (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    model_id uuid NOT NULL CONSTRAINT reviews_model REFERENCES models (id),
    unit_id uuid NOT NULL CONSTRAINT reviews_unit REFERENCES units (id),
    period text COLLATE "C" NOT NULL, rating text NOT NULL, recommendation text NOT NULL, reviewed_on date NOT NULL,
    reviewer text NOT NULL, exemplar boolean NOT NULL, notes text, decision text
);
CREATE UNIQUE INDEX reviews_model_period ON reviews (model_id, period);
CREATE INDEX reviews_created ON reviews (created_at, id);
CREATE INDEX reviews_reviewed ON reviews (reviewed_on, id);
CREATE INDEX reviews_unit_id ON reviews (unit_id);

CREATE TABLE activities (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    kind text NOT NULL, title text NOT NULL, unit_id uuid NOT NULL CONSTRAINT activities_unit REFERENCES units (id),
    started_at timestamptz NOT NULL, ended_at timestamptz, organiser text NOT NULL, topic text,
    participant_count bigint, household_count bigint
);
CREATE INDEX activities_created ON activities (created_at, id);
CREATE INDEX activities_started ON activities (started_at, id);
CREATE INDEX activities_unit_id ON activities (unit_id);
CREATE TABLE activity_models (
    activity_id uuid NOT NULL CONSTRAINT activity_models_activity REFERENCES activities (id),
    model_id uuid NOT NULL CONSTRAINT activity_models_model REFERENCES models (id),
    PRIMARY KEY (activity_id, model_id)
);
CREATE INDEX activity_models_model_id ON activity_models (model_id);
