DROP TABLE sign_in_failures;
DROP TABLE revoked_tokens;
DROP TABLE session_tokens;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE user_credentials;
DROP TABLE user_identities;
DROP TABLE users;
