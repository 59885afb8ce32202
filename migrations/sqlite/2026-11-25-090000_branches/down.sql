DROP INDEX incidents_branch_category_occurred;
ALTER TABLE incidents DROP COLUMN branch_id;
