-- The registry's tables on PostgreSQL; ../sqlite has the same ones. What is sorted as text is collated
-- by bytes, as SQLite does it; names are sorted by their stored Vietnamese key.

CREATE TABLE units (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    code text COLLATE "C" NOT NULL, code_system text NOT NULL, name text NOT NULL, name_key bytea NOT NULL, search text NOT NULL,
    kind text NOT NULL, name_type text NOT NULL,
    parent_id uuid CONSTRAINT units_parent REFERENCES units (id),
    valid_from date NOT NULL, valid_to date,
    CONSTRAINT units_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX units_code_from ON units (code_system, code, valid_from);
CREATE INDEX units_code ON units (code);
CREATE INDEX units_parent_id ON units (parent_id);
CREATE INDEX units_created ON units (created_at, id);
CREATE INDEX units_name ON units (name_key, id);

-- Who lies under whom, each unit under itself; follows units.parent_id.
CREATE TABLE unit_closure (
    ancestor_id uuid NOT NULL REFERENCES units (id), descendant_id uuid NOT NULL REFERENCES units (id),
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX unit_closure_up ON unit_closure (descendant_id, ancestor_id);

CREATE TABLE successions (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT successions_unit REFERENCES units (id),
    effective_on date NOT NULL, decision text
);
CREATE INDEX successions_unit_id ON successions (unit_id);
CREATE TABLE succession_links (
    succession_id uuid NOT NULL REFERENCES successions (id),
    predecessor_id uuid NOT NULL CONSTRAINT succession_links_predecessor REFERENCES units (id),
    successor_id uuid NOT NULL CONSTRAINT succession_links_successor REFERENCES units (id),
    PRIMARY KEY (succession_id, successor_id)
);
CREATE INDEX succession_links_predecessor_id ON succession_links (predecessor_id);
CREATE INDEX succession_links_successor_id ON succession_links (successor_id);

CREATE TABLE model_types (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    code text COLLATE "C" NOT NULL, name text NOT NULL, name_key bytea NOT NULL, search text NOT NULL, name_en text,
    field text NOT NULL, description text, valid_from date NOT NULL, valid_to date,
    CONSTRAINT model_types_validity CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX model_types_code ON model_types (code);
CREATE INDEX model_types_created ON model_types (created_at, id);
CREATE INDEX model_types_name ON model_types (name_key, id);

CREATE TABLE models (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    code text COLLATE "C" NOT NULL, name text NOT NULL, name_key bytea NOT NULL, search text NOT NULL,
    model_type_id uuid NOT NULL CONSTRAINT models_model_type REFERENCES model_types (id),
    unit_id uuid NOT NULL CONSTRAINT models_unit REFERENCES units (id),
    established_on date NOT NULL, lead_body text NOT NULL, partner_bodies text, setting text,
    household_count bigint, participant_count bigint,
    replicated_from_id uuid CONSTRAINT models_replicated_from REFERENCES models (id),
    decision text, location text, notes text,
    status text NOT NULL, ended_on date, exemplar boolean NOT NULL
);
CREATE UNIQUE INDEX models_unit_code ON models (unit_id, code);
CREATE INDEX models_created ON models (created_at, id);
CREATE INDEX models_established ON models (established_on, id);
CREATE INDEX models_name ON models (name_key, id);
CREATE INDEX models_model_type_id ON models (model_type_id);
CREATE INDEX models_replicated_from_id ON models (replicated_from_id);

-- A model's life: one row a status it was in, from a day to a day (exclusive).
CREATE TABLE model_spans (
    model_id uuid NOT NULL CONSTRAINT model_spans_model REFERENCES models (id), number integer NOT NULL,
    status text NOT NULL, came_from text, went_to text, from_on date NOT NULL, to_on date,
    PRIMARY KEY (model_id, number)
);

CREATE TABLE model_status_changes (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    model_id uuid NOT NULL CONSTRAINT model_status_changes_model REFERENCES models (id),
    from_status text NOT NULL, to_status text NOT NULL, effective_on date NOT NULL, reason text NOT NULL,
    decision text, merged_into_id uuid CONSTRAINT model_status_changes_merged_into REFERENCES models (id)
);
CREATE INDEX model_status_changes_model_id ON model_status_changes (model_id);
CREATE INDEX model_status_changes_merged_into_id ON model_status_changes (merged_into_id);

CREATE TABLE clients (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    name text NOT NULL, name_key bytea NOT NULL, search text NOT NULL, organisation_code text, scopes text NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT clients_unit REFERENCES units (id),
    rate_limit_per_minute bigint NOT NULL, state text NOT NULL
);
CREATE TABLE client_credentials (
    id uuid PRIMARY KEY, version integer NOT NULL, created_at timestamptz NOT NULL, created_by uuid NOT NULL,
    client_id uuid NOT NULL CONSTRAINT client_credentials_client REFERENCES clients (id), secret_hash bytea NOT NULL
);
CREATE INDEX client_credentials_client_id ON client_credentials (client_id);

-- Append-only. Sequence order is commit order, without gaps.
CREATE TABLE journal (
    sequence bigint PRIMARY KEY, occurred_at timestamptz NOT NULL, actor_id uuid NOT NULL, actor_unit_id uuid NOT NULL,
    action text NOT NULL, resource_type text NOT NULL, resource_id uuid, version integer,
    unit_id uuid, left_unit_id uuid, request_id text NOT NULL, outcome text NOT NULL, reason text,
    changed_fields text NOT NULL, record text, leaf_hash bytea NOT NULL
);
CREATE INDEX journal_resource ON journal (resource_id, version);
CREATE TABLE journal_head (id integer PRIMARY KEY CHECK (id = 1), tree_size bigint NOT NULL, edge bytea NOT NULL);
INSERT INTO journal_head (id, tree_size, edge) VALUES (1, 0, '');

CREATE TABLE idempotency_keys (
    caller_id uuid NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, made_id uuid NOT NULL, kept_at timestamptz NOT NULL,
    PRIMARY KEY (caller_id, key)
);
CREATE INDEX idempotency_keys_kept ON idempotency_keys (kept_at);

-- Bundled data that was loaded once.
CREATE TABLE loads (name text PRIMARY KEY, loaded_at timestamptz NOT NULL);

CREATE FUNCTION journal_stands() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER journal_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_stands();
