-- Code lists with validity; incidents with their status changes and what models contributed.
CREATE TABLE codes (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    list TEXT NOT NULL, code TEXT NOT NULL, label_vi TEXT NOT NULL, label_en TEXT NOT NULL, parent_code TEXT,
    valid_from TEXT NOT NULL, valid_to TEXT, replaced_by_code TEXT,
    CONSTRAINT codes_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX codes_list_code_from ON codes (list, code, valid_from);

CREATE TABLE incidents (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    code TEXT NOT NULL, category TEXT NOT NULL, severity TEXT NOT NULL,
    occurred_at INTEGER NOT NULL, occurred_until INTEGER, reported_at INTEGER NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT incidents_unit REFERENCES units (id),
    lat DOUBLE, lng DOUBLE, source TEXT NOT NULL, summary TEXT,
    injured INTEGER NOT NULL, deaths INTEGER NOT NULL, property_damage_vnd INTEGER NOT NULL,
    status TEXT NOT NULL, status_since INTEGER NOT NULL, resolved_at INTEGER
);
CREATE UNIQUE INDEX incidents_unit_code ON incidents (unit_id, code);
CREATE INDEX incidents_created ON incidents (created_at, id);
CREATE INDEX incidents_occurred ON incidents (occurred_at, id);
CREATE INDEX incidents_reported ON incidents (reported_at, id);
CREATE TABLE incident_contributions (
    incident_id BLOB NOT NULL CONSTRAINT incident_contributions_incident REFERENCES incidents (id),
    model_id BLOB NOT NULL CONSTRAINT incident_contributions_model REFERENCES models (id), kind TEXT NOT NULL,
    PRIMARY KEY (incident_id, model_id, kind)
);
CREATE INDEX incident_contributions_model_id ON incident_contributions (model_id);

CREATE TABLE incident_status_changes (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    incident_id BLOB NOT NULL CONSTRAINT incident_status_changes_incident REFERENCES incidents (id),
    from_status TEXT NOT NULL, to_status TEXT NOT NULL, effective_at INTEGER NOT NULL, note TEXT, decision TEXT
);
CREATE INDEX incident_status_changes_incident_id ON incident_status_changes (incident_id);
