-- What is odd about a model without being wrong; NULL where nothing is.
ALTER TABLE models ADD COLUMN warnings TEXT;
