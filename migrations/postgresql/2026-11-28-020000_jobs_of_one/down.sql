DROP INDEX exchange_jobs_open_by;
