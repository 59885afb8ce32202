DROP INDEX incidents_unit_reported;
CREATE INDEX incidents_unit_reported ON incidents (
    unit_id, reported_on, status, category, severity, source, contributed, injured, deaths, property_damage_vnd
);
