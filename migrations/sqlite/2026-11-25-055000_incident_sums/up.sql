-- The days on which an incident counts, in Vietnam, and whether a model contributed.
ALTER TABLE incidents ADD COLUMN reported_on TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN resolved_on TEXT;
ALTER TABLE incidents ADD COLUMN contributed BOOLEAN NOT NULL DEFAULT 0;
UPDATE incidents SET reported_on = date(reported_at / 1000000.0 + 25200, 'unixepoch'),
    resolved_on = date(resolved_at / 1000000.0 + 25200, 'unixepoch'),
    contributed = EXISTS (SELECT 1 FROM incident_contributions c WHERE c.incident_id = incidents.id);
CREATE INDEX incidents_unit_reported ON incidents (unit_id, reported_on);
CREATE INDEX incidents_unit_resolved ON incidents (unit_id, resolved_on) WHERE resolved_on IS NOT NULL;

-- What incidents come to in a unit and under it, by category: in each half of a month (from the 1st and
-- from the 15th, grain 0) and in each year (grain 1). Kept by the writes of incidents, in their transaction.
CREATE TABLE incident_sums (
    unit_id BLOB NOT NULL CONSTRAINT incident_sums_unit REFERENCES units (id),
    grain INTEGER NOT NULL, starts_on TEXT NOT NULL, category TEXT NOT NULL,
    reported INTEGER NOT NULL, contributed INTEGER NOT NULL, injured INTEGER NOT NULL, deaths INTEGER NOT NULL,
    property_damage_vnd DOUBLE NOT NULL, resolved INTEGER NOT NULL,
    PRIMARY KEY (unit_id, grain, starts_on, category)
) WITHOUT ROWID;

WITH told AS (
    SELECT unit_id, category, reported_on AS day, 1 AS reported, contributed, injured, deaths, property_damage_vnd, 0 AS resolved
    FROM incidents WHERE status <> 'rejected'
    UNION ALL
    SELECT unit_id, category, resolved_on, 0, 0, 0, 0, 0, 1 FROM incidents WHERE status <> 'rejected' AND resolved_on IS NOT NULL
), own AS (
    SELECT unit_id, category, substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END AS starts_on,
        SUM(reported) AS reported, SUM(contributed) AS contributed, SUM(injured) AS injured, SUM(deaths) AS deaths,
        SUM(CAST(property_damage_vnd AS double precision)) AS property_damage_vnd, SUM(resolved) AS resolved
    FROM told GROUP BY 1, 2, 3
)
INSERT INTO incident_sums
SELECT ancestor_id, 0, starts_on, category, SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM own JOIN unit_closure ON descendant_id = unit_id GROUP BY ancestor_id, starts_on, category;

INSERT INTO incident_sums
SELECT unit_id, 1, substr(starts_on, 1, 5) || '01-01', category,
    SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM incident_sums WHERE grain = 0 GROUP BY 1, 3, 4;
