-- The path of a record that lies in another's collection; the others' paths follow from their names.
ALTER TABLE journal ADD COLUMN subject text;
CREATE INDEX journal_actor ON journal (actor_id, sequence);
CREATE INDEX journal_acts ON journal (action, sequence) WHERE action NOT IN ('create', 'update', 'delete');
-- Roots of perfect subtrees of 2^level leaves, so that a proof need not hash the journal anew.
CREATE TABLE journal_tiles (level integer NOT NULL, position bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, position));
CREATE TRIGGER journal_tiles_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_tiles FOR EACH STATEMENT EXECUTE FUNCTION journal_stands();
