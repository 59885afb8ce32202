DROP INDEX incidents_branch_created;
