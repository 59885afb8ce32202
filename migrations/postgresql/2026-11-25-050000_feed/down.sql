DROP TABLE journal_tiles;
DROP INDEX journal_acts;
DROP INDEX journal_actor;
ALTER TABLE journal DROP COLUMN subject;
