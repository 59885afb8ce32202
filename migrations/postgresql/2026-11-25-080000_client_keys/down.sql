DROP TABLE client_assertions;
ALTER TABLE clients DROP COLUMN public_keys;
