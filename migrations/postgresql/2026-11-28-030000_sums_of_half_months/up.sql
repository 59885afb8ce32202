-- The sums of a year are those of its half-months: up to twenty-four rows to read where there was one, and half the
-- rows to write with every incident.
DELETE FROM incident_sums WHERE grain <> 0;
ALTER TABLE incident_sums DROP CONSTRAINT incident_sums_pkey;
ALTER TABLE incident_sums DROP COLUMN grain;
ALTER TABLE incident_sums ADD PRIMARY KEY (unit_id, starts_on, category);
-- Those of a unit are read together, so they lie beside each other.
CLUSTER incident_sums USING incident_sums_pkey;
