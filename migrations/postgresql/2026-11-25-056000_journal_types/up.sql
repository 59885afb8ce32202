-- The last entry of a kind of record is found without reading those of others.
CREATE INDEX journal_types ON journal (resource_type, sequence);
