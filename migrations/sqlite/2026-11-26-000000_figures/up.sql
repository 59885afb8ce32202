-- Until when the word of a review holds: the day of the model's next one; NULL of the latest. Kept with the reviews, so
-- that figures need not look for it.
ALTER TABLE reviews ADD COLUMN until_on TEXT;
UPDATE reviews SET until_on = (
    SELECT n.reviewed_on FROM reviews n WHERE n.model_id = reviews.model_id
    AND (n.reviewed_on, n.created_at, n.id) > (reviews.reviewed_on, reviews.created_at, reviews.id)
    ORDER BY n.reviewed_on, n.created_at, n.id LIMIT 1
);
-- What figures read of a record lies in the index by which its unit finds it, so that adding up a nation's records
-- does not read the records.
DROP INDEX reviews_unit_id;
CREATE INDEX reviews_held ON reviews (unit_id, model_id, reviewed_on, until_on, rating, exemplar);
DROP INDEX teams_unit_id;
CREATE INDEX teams_lived ON teams (unit_id, model_id, started_on, ended_on);
DROP INDEX activities_unit_id;
CREATE INDEX activities_held ON activities (unit_id, started_at, kind, participant_count, household_count);
DROP INDEX incidents_unit_reported;
CREATE INDEX incidents_unit_reported ON incidents (
    unit_id, reported_on, status, category, severity, source, contributed, injured, deaths, property_damage_vnd
);
DROP INDEX incidents_unit_resolved;
CREATE INDEX incidents_unit_resolved ON incidents (unit_id, resolved_on, status, category, severity, source, reported_on)
WHERE resolved_on IS NOT NULL;
CREATE INDEX models_lived ON models (unit_id, model_type_id, setting, status, replicated_from_id, id);
CREATE INDEX model_spans_lived ON model_spans (model_id, status, from_on, to_on, came_from, went_to);
