-- The registry's tables on SQLite; ../postgresql has the same ones.

CREATE TABLE units (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    code TEXT NOT NULL, code_system TEXT NOT NULL, name TEXT NOT NULL, name_key BLOB NOT NULL, search TEXT NOT NULL,
    kind TEXT NOT NULL, name_type TEXT NOT NULL,
    parent_id BLOB CONSTRAINT units_parent REFERENCES units (id),
    valid_from TEXT NOT NULL, valid_to TEXT,
    CONSTRAINT units_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX units_code_from ON units (code_system, code, valid_from);
CREATE INDEX units_code ON units (code);
CREATE INDEX units_parent_id ON units (parent_id);
CREATE INDEX units_created ON units (created_at, id);
CREATE INDEX units_name ON units (name_key, id);

-- Who lies under whom, each unit under itself; follows units.parent_id.
CREATE TABLE unit_closure (
    ancestor_id BLOB NOT NULL REFERENCES units (id), descendant_id BLOB NOT NULL REFERENCES units (id),
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX unit_closure_up ON unit_closure (descendant_id, ancestor_id);

CREATE TABLE successions (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT successions_unit REFERENCES units (id),
    effective_on TEXT NOT NULL, decision TEXT
);
CREATE INDEX successions_unit_id ON successions (unit_id);
CREATE TABLE succession_links (
    succession_id BLOB NOT NULL REFERENCES successions (id),
    predecessor_id BLOB NOT NULL CONSTRAINT succession_links_predecessor REFERENCES units (id),
    successor_id BLOB NOT NULL CONSTRAINT succession_links_successor REFERENCES units (id),
    PRIMARY KEY (succession_id, successor_id)
);
CREATE INDEX succession_links_predecessor_id ON succession_links (predecessor_id);
CREATE INDEX succession_links_successor_id ON succession_links (successor_id);

CREATE TABLE model_types (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    code TEXT NOT NULL, name TEXT NOT NULL, name_key BLOB NOT NULL, search TEXT NOT NULL, name_en TEXT,
    field TEXT NOT NULL, description TEXT, valid_from TEXT NOT NULL, valid_to TEXT,
    CONSTRAINT model_types_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX model_types_code ON model_types (code);
CREATE INDEX model_types_created ON model_types (created_at, id);
CREATE INDEX model_types_name ON model_types (name_key, id);

CREATE TABLE models (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    code TEXT NOT NULL, name TEXT NOT NULL, name_key BLOB NOT NULL, search TEXT NOT NULL,
    model_type_id BLOB NOT NULL CONSTRAINT models_model_type REFERENCES model_types (id),
    unit_id BLOB NOT NULL CONSTRAINT models_unit REFERENCES units (id),
    established_on TEXT NOT NULL, lead_body TEXT NOT NULL, partner_bodies TEXT, setting TEXT,
    household_count INTEGER, participant_count INTEGER,
    replicated_from_id BLOB CONSTRAINT models_replicated_from REFERENCES models (id),
    decision TEXT, location TEXT, notes TEXT,
    status TEXT NOT NULL, ended_on TEXT, exemplar BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX models_unit_code ON models (unit_id, code);
CREATE INDEX models_created ON models (created_at, id);
CREATE INDEX models_established ON models (established_on, id);
CREATE INDEX models_name ON models (name_key, id);
CREATE INDEX models_model_type_id ON models (model_type_id);
CREATE INDEX models_replicated_from_id ON models (replicated_from_id);

-- A model's life: one row a status it was in, from a day to a day (exclusive).
CREATE TABLE model_spans (
    model_id BLOB NOT NULL CONSTRAINT model_spans_model REFERENCES models (id), number INTEGER NOT NULL,
    status TEXT NOT NULL, came_from TEXT, went_to TEXT, from_on TEXT NOT NULL, to_on TEXT,
    PRIMARY KEY (model_id, number)
);

CREATE TABLE model_status_changes (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    model_id BLOB NOT NULL CONSTRAINT model_status_changes_model REFERENCES models (id),
    from_status TEXT NOT NULL, to_status TEXT NOT NULL, effective_on TEXT NOT NULL, reason TEXT NOT NULL,
    decision TEXT, merged_into_id BLOB CONSTRAINT model_status_changes_merged_into REFERENCES models (id)
);
CREATE INDEX model_status_changes_model_id ON model_status_changes (model_id);
CREATE INDEX model_status_changes_merged_into_id ON model_status_changes (merged_into_id);

CREATE TABLE clients (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    name TEXT NOT NULL, name_key BLOB NOT NULL, search TEXT NOT NULL, organisation_code TEXT, scopes TEXT NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT clients_unit REFERENCES units (id),
    rate_limit_per_minute INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE TABLE client_credentials (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by BLOB NOT NULL,
    client_id BLOB NOT NULL CONSTRAINT client_credentials_client REFERENCES clients (id), secret_hash BLOB NOT NULL
);
CREATE INDEX client_credentials_client_id ON client_credentials (client_id);

-- Append-only. Sequence order is commit order, without gaps.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY, occurred_at INTEGER NOT NULL, actor_id BLOB NOT NULL, actor_unit_id BLOB NOT NULL,
    action TEXT NOT NULL, resource_type TEXT NOT NULL, resource_id BLOB, version INTEGER,
    unit_id BLOB, left_unit_id BLOB, request_id TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
    changed_fields TEXT NOT NULL, record TEXT, leaf_hash BLOB NOT NULL
);
CREATE INDEX journal_resource ON journal (resource_id, version);
CREATE TABLE journal_head (id INTEGER PRIMARY KEY CHECK (id = 1), tree_size INTEGER NOT NULL, edge BLOB NOT NULL);
INSERT INTO journal_head (id, tree_size, edge) VALUES (1, 0, X'');

CREATE TABLE idempotency_keys (
    caller_id BLOB NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, made_id BLOB NOT NULL, kept_at INTEGER NOT NULL,
    PRIMARY KEY (caller_id, key)
);
CREATE INDEX idempotency_keys_kept ON idempotency_keys (kept_at);

-- Bundled data that was loaded once.
CREATE TABLE loads (name TEXT PRIMARY KEY, loaded_at INTEGER NOT NULL);

CREATE TRIGGER journal_stands_as_written BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stands_whole BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
