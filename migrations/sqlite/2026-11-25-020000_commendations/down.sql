DROP TABLE commendation_status_changes;
DROP TABLE commendation_incidents;
DROP TABLE commendations;
