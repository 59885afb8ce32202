-- The days on which an incident counts, in Vietnam, and whether a model contributed.
ALTER TABLE incidents ADD COLUMN reported_on date, ADD COLUMN resolved_on date, ADD COLUMN contributed boolean;
UPDATE incidents SET reported_on = (reported_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    resolved_on = (resolved_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    contributed = EXISTS (SELECT 1 FROM incident_contributions c WHERE c.incident_id = incidents.id);
ALTER TABLE incidents ALTER COLUMN reported_on SET NOT NULL, ALTER COLUMN contributed SET NOT NULL;
CREATE INDEX incidents_unit_reported ON incidents (unit_id, reported_on);
CREATE INDEX incidents_unit_resolved ON incidents (unit_id, resolved_on) WHERE resolved_on IS NOT NULL;

-- What incidents come to in a unit and under it, by category: in each half of a month (from the 1st and
-- from the 15th, grain 0) and in each year (grain 1). Kept by the writes of incidents, in their transaction.
CREATE TABLE incident_sums (
    unit_id uuid NOT NULL CONSTRAINT incident_sums_unit REFERENCES units (id),
    grain integer NOT NULL, starts_on date NOT NULL, category text NOT NULL,
    reported bigint NOT NULL, contributed bigint NOT NULL, injured bigint NOT NULL, deaths bigint NOT NULL,
    property_damage_vnd double precision NOT NULL, resolved bigint NOT NULL,
    PRIMARY KEY (unit_id, grain, starts_on, category)
) WITH (fillfactor = 80);

WITH told AS (
    SELECT unit_id, category, reported_on AS day, 1 AS reported, CASE WHEN contributed THEN 1 ELSE 0 END AS contributed,
        injured, deaths, property_damage_vnd, 0 AS resolved FROM incidents WHERE status <> 'rejected'
    UNION ALL
    SELECT unit_id, category, resolved_on, 0, 0, 0, 0, 0, 1 FROM incidents WHERE status <> 'rejected' AND resolved_on IS NOT NULL
), own AS (
    SELECT unit_id, category, CAST(to_char(day, CASE WHEN extract(day FROM day) < 15 THEN 'YYYY-MM-01' ELSE 'YYYY-MM-15' END) AS date) AS starts_on,
        SUM(reported) AS reported, SUM(contributed) AS contributed, SUM(injured) AS injured, SUM(deaths) AS deaths,
        SUM(CAST(property_damage_vnd AS double precision)) AS property_damage_vnd, SUM(resolved) AS resolved
    FROM told GROUP BY 1, 2, 3
)
INSERT INTO incident_sums
SELECT ancestor_id, 0, starts_on, category, SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM own JOIN unit_closure ON descendant_id = unit_id GROUP BY ancestor_id, starts_on, category;

INSERT INTO incident_sums
SELECT unit_id, 1, CAST(to_char(starts_on, 'YYYY-01-01') AS date), category,
    SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)
FROM incident_sums WHERE grain = 0 GROUP BY 1, 3, 4;
