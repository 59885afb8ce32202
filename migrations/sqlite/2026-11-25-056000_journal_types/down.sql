DROP INDEX journal_types;
