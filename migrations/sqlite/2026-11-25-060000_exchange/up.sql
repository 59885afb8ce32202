-- Jobs of imports and exports. asked, told: JSON, without any personal value. A job that runs is leased: whoever
-- holds the lease works on it, and when the lease runs out anybody may take it over.
CREATE TABLE exchange_jobs (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT exchange_jobs_unit REFERENCES units (id),
    kind TEXT NOT NULL, state TEXT NOT NULL, resource TEXT, asked TEXT NOT NULL, told TEXT NOT NULL,
    rights TEXT, expires_at INTEGER, leased_by BLOB, leased_until INTEGER, attempts INTEGER NOT NULL
);
CREATE INDEX exchange_jobs_created ON exchange_jobs (created_by, kind, created_at, id);
CREATE INDEX exchange_jobs_open ON exchange_jobs (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX exchange_jobs_expires ON exchange_jobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX exchange_jobs_unit_id ON exchange_jobs (unit_id);
-- The files of jobs in pieces, each sealed by the job's own key (person_keys): without it they are noise.
CREATE TABLE exchange_pieces (
    job_id BLOB NOT NULL CONSTRAINT exchange_pieces_job REFERENCES exchange_jobs (id),
    file TEXT NOT NULL, number INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (job_id, file, number)
);
-- What is wrong with rows of an import. The words hold no value of a row.
CREATE TABLE import_row_errors (
    import_id BLOB NOT NULL CONSTRAINT import_row_errors_import REFERENCES exchange_jobs (id), number INTEGER NOT NULL,
    row_number INTEGER NOT NULL, column_name TEXT, code TEXT NOT NULL, message_en TEXT NOT NULL, message_vi TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
);
-- Which persons a stored file tells of, by the key that seals it: when one is erased, so is the key.
CREATE TABLE person_copies (
    person_id BLOB NOT NULL, key_id BLOB NOT NULL, PRIMARY KEY (person_id, key_id)
);
CREATE INDEX person_copies_key_id ON person_copies (key_id);
