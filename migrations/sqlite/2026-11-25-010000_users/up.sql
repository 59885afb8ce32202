-- People who sign in. profile: display name and identities, sealed by the user's own key (person_keys); so is
-- the hash of a password. An identity is found by its blind index.
CREATE TABLE users (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    username TEXT NOT NULL CONSTRAINT users_username UNIQUE, role TEXT NOT NULL,
    unit_id BLOB NOT NULL CONSTRAINT users_unit REFERENCES units (id), state TEXT NOT NULL, profile BLOB NOT NULL
);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_unit_id ON users (unit_id);
CREATE TABLE user_identities (
    blind BLOB PRIMARY KEY, user_id BLOB NOT NULL CONSTRAINT user_identities_user REFERENCES users (id)
);
CREATE INDEX user_identities_user_id ON user_identities (user_id);
-- The password in force, one a user.
CREATE TABLE user_credentials (
    id BLOB PRIMARY KEY, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, created_by BLOB NOT NULL, updated_at INTEGER NOT NULL, updated_by BLOB NOT NULL,
    user_id BLOB NOT NULL CONSTRAINT user_credentials_user UNIQUE REFERENCES users (id),
    hash BLOB NOT NULL, temporary BOOLEAN NOT NULL
);

-- Sessions of users. Of a token there is its SHA-256 or its jti, never the token.
CREATE TABLE sessions (
    id BLOB PRIMARY KEY, user_id BLOB NOT NULL CONSTRAINT sessions_user REFERENCES users (id),
    begun_at INTEGER NOT NULL, used_at INTEGER NOT NULL, rotations INTEGER NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_begun ON sessions (begun_at);
CREATE INDEX sessions_used ON sessions (used_at);
CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY, session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, used BOOLEAN NOT NULL
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE TABLE session_tokens (
    jti BLOB PRIMARY KEY, session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, expires_at INTEGER NOT NULL
);
CREATE INDEX session_tokens_session_id ON session_tokens (session_id);
CREATE INDEX session_tokens_expires ON session_tokens (expires_at);
CREATE TABLE revoked_tokens (jti BLOB PRIMARY KEY, expires_at INTEGER NOT NULL);
CREATE INDEX revoked_tokens_expires ON revoked_tokens (expires_at);

-- Failed sign-ins by account and by address, both under blind indexes.
CREATE TABLE sign_in_failures (
    blind BLOB PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last);
