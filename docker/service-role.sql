-- The role that the service runs under on PostgreSQL: it reads and writes records, adds to the journal, and
-- can change nothing in it. It owns nothing, so it cannot switch off a trigger, change a table or make one.
-- The owner of the tables runs `tuquan migrate` and then this, each time:
--   psql -v ON_ERROR_STOP=1 -d tuquan -f docker/service-role.sql
-- Give it a password once (\password tuquan_service) and put the URL with it into TUQUAN_DATABASE_URL_FILE.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tuquan_service') THEN CREATE ROLE tuquan_service LOGIN; END IF;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM tuquan_service;
GRANT USAGE ON SCHEMA public TO tuquan_service;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM tuquan_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tuquan_service;
REVOKE UPDATE, DELETE ON journal, journal_tiles FROM tuquan_service;
REVOKE INSERT, DELETE ON journal_head FROM tuquan_service;
REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM tuquan_service;
