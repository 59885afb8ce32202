-- The public keys that a client proves itself with, as JSON, and which of its proofs were used: each
-- opens the registry once, wherever it is shown.
ALTER TABLE clients ADD COLUMN public_keys TEXT;
CREATE TABLE client_assertions (
    client_id BLOB NOT NULL CONSTRAINT client_assertions_client REFERENCES clients (id), jti BLOB NOT NULL,
    expires_at INTEGER NOT NULL, PRIMARY KEY (client_id, jti)
);
CREATE INDEX client_assertions_expires_at ON client_assertions (expires_at);
