DROP TABLE incident_sums;
DROP INDEX incidents_unit_resolved;
DROP INDEX incidents_unit_reported;
ALTER TABLE incidents DROP COLUMN contributed;
ALTER TABLE incidents DROP COLUMN resolved_on;
ALTER TABLE incidents DROP COLUMN reported_on;
