-- What decides about what may be told of incidents lies in the index by which their units find them, the day of the
-- resolution too: a nation's incidents are looked through without reading them.
DROP INDEX incidents_unit_reported;
CREATE INDEX incidents_unit_reported ON incidents (
    unit_id, reported_on, status, category, severity, source, contributed, injured, deaths, property_damage_vnd, resolved_on
);
