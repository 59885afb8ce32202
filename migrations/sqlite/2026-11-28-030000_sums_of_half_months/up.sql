-- The sums of a year are those of its half-months: up to twenty-four rows to read where there was one, and half the
-- rows to write with every incident.
CREATE TABLE sums_of_half_months (
    unit_id BLOB NOT NULL CONSTRAINT incident_sums_unit REFERENCES units (id),
    starts_on TEXT NOT NULL, category TEXT NOT NULL,
    reported INTEGER NOT NULL, contributed INTEGER NOT NULL, injured INTEGER NOT NULL, deaths INTEGER NOT NULL,
    property_damage_vnd DOUBLE NOT NULL, resolved INTEGER NOT NULL,
    PRIMARY KEY (unit_id, starts_on, category)
) WITHOUT ROWID;
INSERT INTO sums_of_half_months
SELECT unit_id, starts_on, category, reported, contributed, injured, deaths, property_damage_vnd, resolved
FROM incident_sums WHERE grain = 0;
DROP TABLE incident_sums;
ALTER TABLE sums_of_half_months RENAME TO incident_sums;
