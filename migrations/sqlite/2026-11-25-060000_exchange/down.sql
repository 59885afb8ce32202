DROP TABLE person_copies;
DROP TABLE import_row_errors;
DROP TABLE exchange_pieces;
DROP TABLE exchange_jobs;
