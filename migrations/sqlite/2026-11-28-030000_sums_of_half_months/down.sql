CREATE TABLE sums_of_years_too (
    unit_id BLOB NOT NULL CONSTRAINT incident_sums_unit REFERENCES units (id),
    grain INTEGER NOT NULL, starts_on TEXT NOT NULL, category TEXT NOT NULL,
    reported INTEGER NOT NULL, contributed INTEGER NOT NULL, injured INTEGER NOT NULL, deaths INTEGER NOT NULL,
    property_damage_vnd DOUBLE NOT NULL, resolved INTEGER NOT NULL,
    PRIMARY KEY (unit_id, grain, starts_on, category)
) WITHOUT ROWID;
INSERT INTO sums_of_years_too
SELECT unit_id, 0, starts_on, category, reported, contributed, injured, deaths, property_damage_vnd, resolved FROM incident_sums;
INSERT INTO sums_of_years_too
SELECT unit_id, 1, substr(starts_on, 1, 5) || '01-01', category,
    SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM incident_sums GROUP BY 1, 3, 4;
DROP TABLE incident_sums;
ALTER TABLE sums_of_years_too RENAME TO incident_sums;
