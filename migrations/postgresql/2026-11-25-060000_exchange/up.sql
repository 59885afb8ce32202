-- Jobs of imports and exports. asked, told: JSON, without any personal value. A job that runs is leased: whoever
-- holds the lease works on it, and when the lease runs out anybody may take it over.
CREATE TABLE exchange_jobs (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT exchange_jobs_unit REFERENCES units (id),
    kind text NOT NULL, state text NOT NULL, resource text, asked text NOT NULL, told text NOT NULL,
    rights text, expires_at timestamptz, leased_by uuid, leased_until timestamptz, attempts integer NOT NULL
);
CREATE INDEX exchange_jobs_created ON exchange_jobs (created_by, kind, created_at, id);
CREATE INDEX exchange_jobs_open ON exchange_jobs (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX exchange_jobs_expires ON exchange_jobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX exchange_jobs_unit_id ON exchange_jobs (unit_id);
-- The files of jobs in pieces, each sealed by the job's own key (person_keys): without it they are noise.
CREATE TABLE exchange_pieces (
    job_id uuid NOT NULL CONSTRAINT exchange_pieces_job REFERENCES exchange_jobs (id),
    file text COLLATE "C" NOT NULL, number integer NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (job_id, file, number)
);
-- What is wrong with rows of an import. The words hold no value of a row.
CREATE TABLE import_row_errors (
    import_id uuid NOT NULL CONSTRAINT import_row_errors_import REFERENCES exchange_jobs (id), number integer NOT NULL,
    row_number bigint NOT NULL, column_name text, code text NOT NULL, message_en text NOT NULL, message_vi text NOT NULL,
    PRIMARY KEY (import_id, number)
);
-- Which persons a stored file tells of, by the key that seals it: when one is erased, so is the key.
CREATE TABLE person_copies (
    person_id uuid NOT NULL, key_id uuid NOT NULL, PRIMARY KEY (person_id, key_id)
);
CREATE INDEX person_copies_key_id ON person_copies (key_id);
