ALTER TABLE incident_sums DROP CONSTRAINT incident_sums_pkey;
ALTER TABLE incident_sums ADD COLUMN grain integer NOT NULL DEFAULT 0;
ALTER TABLE incident_sums ALTER COLUMN grain DROP DEFAULT;
ALTER TABLE incident_sums ADD PRIMARY KEY (unit_id, grain, starts_on, category);
INSERT INTO incident_sums (unit_id, grain, starts_on, category, reported, contributed, injured, deaths, property_damage_vnd, resolved)
SELECT unit_id, 1, CAST(to_char(starts_on, 'YYYY-01-01') AS date), category,
    SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM incident_sums WHERE grain = 0 GROUP BY 1, 3, 4;
