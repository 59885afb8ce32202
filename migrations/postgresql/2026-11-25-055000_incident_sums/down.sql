DROP TABLE incident_sums;
DROP INDEX incidents_unit_resolved;
DROP INDEX incidents_unit_reported;
ALTER TABLE incidents DROP COLUMN contributed, DROP COLUMN resolved_on, DROP COLUMN reported_on;
