-- Code lists with validity; incidents with their status changes and what models contributed.
CREATE TABLE codes (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    list text NOT NULL, code text COLLATE "C" NOT NULL, label_vi text NOT NULL, label_en text NOT NULL, parent_code text,
    valid_from date NOT NULL, valid_to date, replaced_by_code text,
    CONSTRAINT codes_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX codes_list_code_from ON codes (list, code, valid_from);

CREATE TABLE incidents (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    code text COLLATE "C" NOT NULL, category text NOT NULL, severity text NOT NULL,
    occurred_at timestamptz NOT NULL, occurred_until timestamptz, reported_at timestamptz NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT incidents_unit REFERENCES units (id),
    lat double precision, lng double precision, source text NOT NULL, summary text,
    injured bigint NOT NULL, deaths bigint NOT NULL, property_damage_vnd bigint NOT NULL,
    status text NOT NULL, status_since timestamptz NOT NULL, resolved_at timestamptz
);
CREATE UNIQUE INDEX incidents_unit_code ON incidents (unit_id, code);
CREATE INDEX incidents_created ON incidents (created_at, id);
CREATE INDEX incidents_occurred ON incidents (occurred_at, id);
CREATE INDEX incidents_reported ON incidents (reported_at, id);
CREATE TABLE incident_contributions (
    incident_id uuid NOT NULL CONSTRAINT incident_contributions_incident REFERENCES incidents (id),
    model_id uuid NOT NULL CONSTRAINT incident_contributions_model REFERENCES models (id), kind text NOT NULL,
    PRIMARY KEY (incident_id, model_id, kind)
);
CREATE INDEX incident_contributions_model_id ON incident_contributions (model_id);

CREATE TABLE incident_status_changes (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    incident_id uuid NOT NULL CONSTRAINT incident_status_changes_incident REFERENCES incidents (id),
    from_status text NOT NULL, to_status text NOT NULL, effective_at timestamptz NOT NULL, note text, decision text
);
CREATE INDEX incident_status_changes_incident_id ON incident_status_changes (incident_id);
