DROP TABLE incident_status_changes;
DROP TABLE incident_contributions;
DROP TABLE incidents;
DROP TABLE codes;
