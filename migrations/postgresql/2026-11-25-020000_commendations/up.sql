-- Commendations of a member, a model or a unit. unit_id is the recipient's. The name of a member is sealed
-- by that member's key. decided_key is the day of decision as text, empty where there is none, to sort by.
CREATE TABLE commendations (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    recipient_member_id uuid CONSTRAINT commendations_member REFERENCES members (id),
    recipient_model_id uuid CONSTRAINT commendations_model REFERENCES models (id),
    recipient_unit_id uuid CONSTRAINT commendations_recipient_unit REFERENCES units (id),
    unit_id uuid NOT NULL CONSTRAINT commendations_unit REFERENCES units (id),
    recipient_name text, sealed_name bytea,
    form text NOT NULL, level text NOT NULL, title text NOT NULL, achievement text NOT NULL,
    period_from date, period_to date,
    status text NOT NULL, decision text, decided_on date, decided_key text COLLATE "C" NOT NULL
);
CREATE INDEX commendations_created ON commendations (created_at, id);
CREATE INDEX commendations_decided ON commendations (decided_key, id);
CREATE INDEX commendations_member_id ON commendations (recipient_member_id);
CREATE INDEX commendations_model_id ON commendations (recipient_model_id);
CREATE INDEX commendations_recipient_unit_id ON commendations (recipient_unit_id);
CREATE INDEX commendations_unit_id ON commendations (unit_id);
CREATE TABLE commendation_incidents (
    commendation_id uuid NOT NULL CONSTRAINT commendation_incidents_commendation REFERENCES commendations (id),
    incident_id uuid NOT NULL CONSTRAINT commendation_incidents_incident REFERENCES incidents (id),
    PRIMARY KEY (commendation_id, incident_id)
);
CREATE INDEX commendation_incidents_incident_id ON commendation_incidents (incident_id);

CREATE TABLE commendation_status_changes (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    commendation_id uuid NOT NULL CONSTRAINT commendation_status_changes_commendation REFERENCES commendations (id),
    from_status text NOT NULL, to_status text NOT NULL, effective_on date NOT NULL, reason text, decision text
);
CREATE INDEX commendation_status_changes_commendation_id ON commendation_status_changes (commendation_id);
