-- Commendations of a member, a model or a unit. unit_id is the recipient's. The name of a member is sealed
-- by that member's key. decided_key is the day of decision as text, empty where there is none, to sort by.
CREATE TABLE commendations (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    recipient_member_id BLOB CONSTRAINT commendations_member REFERENCES members (id),
    recipient_model_id BLOB CONSTRAINT commendations_model REFERENCES models (id),
    recipient_unit_id BLOB CONSTRAINT commendations_recipient_unit REFERENCES units (id),
    unit_id BLOB NOT NULL CONSTRAINT commendations_unit REFERENCES units (id),
    recipient_name TEXT, sealed_name BLOB,
    form TEXT NOT NULL, level TEXT NOT NULL, title TEXT NOT NULL, achievement TEXT NOT NULL,
    period_from TEXT, period_to TEXT,
    status TEXT NOT NULL, decision TEXT, decided_on TEXT, decided_key TEXT NOT NULL
);
CREATE INDEX commendations_created ON commendations (created_at, id);
CREATE INDEX commendations_decided ON commendations (decided_key, id);
CREATE INDEX commendations_member_id ON commendations (recipient_member_id);
CREATE INDEX commendations_model_id ON commendations (recipient_model_id);
CREATE INDEX commendations_recipient_unit_id ON commendations (recipient_unit_id);
CREATE INDEX commendations_unit_id ON commendations (unit_id);
CREATE TABLE commendation_incidents (
    commendation_id BLOB NOT NULL CONSTRAINT commendation_incidents_commendation REFERENCES commendations (id),
    incident_id BLOB NOT NULL CONSTRAINT commendation_incidents_incident REFERENCES incidents (id),
    PRIMARY KEY (commendation_id, incident_id)
);
CREATE INDEX commendation_incidents_incident_id ON commendation_incidents (incident_id);

CREATE TABLE commendation_status_changes (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    commendation_id BLOB NOT NULL CONSTRAINT commendation_status_changes_commendation REFERENCES commendations (id),
    from_status TEXT NOT NULL, to_status TEXT NOT NULL, effective_on TEXT NOT NULL, reason TEXT, decision TEXT
);
CREATE INDEX commendation_status_changes_commendation_id ON commendation_status_changes (commendation_id);
