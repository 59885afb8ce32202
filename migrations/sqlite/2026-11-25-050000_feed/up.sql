-- The path of a record that lies in another's collection; the others' paths follow from their names.
ALTER TABLE journal ADD COLUMN subject TEXT;
CREATE INDEX journal_actor ON journal (actor_id, sequence);
CREATE INDEX journal_acts ON journal (action, sequence) WHERE action NOT IN ('create', 'update', 'delete');
-- Roots of perfect subtrees of 2^level leaves, so that a proof need not hash the journal anew.
CREATE TABLE journal_tiles (level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)) WITHOUT ROWID;
CREATE TRIGGER journal_tiles_stand BEFORE UPDATE ON journal_tiles BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_tiles_stay BEFORE DELETE ON journal_tiles BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
