-- How many jobs of a caller are not done yet is counted before another is taken.
CREATE INDEX exchange_jobs_open_by ON exchange_jobs (created_by, state);
