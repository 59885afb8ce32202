-- People who sign in. profile: display name and identities, sealed by the user's own key (person_keys); so is
-- the hash of a password. An identity is found by its blind index.
CREATE TABLE users (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    username text COLLATE "C" NOT NULL CONSTRAINT users_username UNIQUE, role text NOT NULL,
    unit_id uuid NOT NULL CONSTRAINT users_unit REFERENCES units (id), state text NOT NULL, profile bytea NOT NULL
);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_unit_id ON users (unit_id);
CREATE TABLE user_identities (
    blind bytea PRIMARY KEY, user_id uuid NOT NULL CONSTRAINT user_identities_user REFERENCES users (id)
);
CREATE INDEX user_identities_user_id ON user_identities (user_id);
-- The password in force, one a user.
CREATE TABLE user_credentials (
    id uuid PRIMARY KEY, version integer NOT NULL,
    created_at timestamptz NOT NULL, created_by uuid NOT NULL, updated_at timestamptz NOT NULL, updated_by uuid NOT NULL,
    user_id uuid NOT NULL CONSTRAINT user_credentials_user UNIQUE REFERENCES users (id),
    hash bytea NOT NULL, temporary boolean NOT NULL
);

-- Sessions of users. Of a token there is its SHA-256 or its jti, never the token.
CREATE TABLE sessions (
    id uuid PRIMARY KEY, user_id uuid NOT NULL CONSTRAINT sessions_user REFERENCES users (id),
    begun_at timestamptz NOT NULL, used_at timestamptz NOT NULL, rotations integer NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_begun ON sessions (begun_at);
CREATE INDEX sessions_used ON sessions (used_at);
CREATE TABLE refresh_tokens (
    hash bytea PRIMARY KEY, session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, used boolean NOT NULL
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE TABLE session_tokens (
    jti uuid PRIMARY KEY, session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, expires_at timestamptz NOT NULL
);
CREATE INDEX session_tokens_session_id ON session_tokens (session_id);
CREATE INDEX session_tokens_expires ON session_tokens (expires_at);
CREATE TABLE revoked_tokens (jti uuid PRIMARY KEY, expires_at timestamptz NOT NULL);
CREATE INDEX revoked_tokens_expires ON revoked_tokens (expires_at);

-- Failed sign-ins by account and by address, both under blind indexes.
CREATE TABLE sign_in_failures (
    blind bytea PRIMARY KEY, failures integer NOT NULL, since timestamptz NOT NULL, last timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last);
