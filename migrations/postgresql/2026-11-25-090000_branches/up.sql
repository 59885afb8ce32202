-- The branch of the tree in which an incident lies: the unit right below the nation. Lists of a province
-- follow an index in their own order, whatever lies under it.
ALTER TABLE incidents ADD COLUMN branch_id uuid;
UPDATE incidents SET branch_id = coalesce((
    SELECT u.id FROM unit_closure c JOIN units u ON u.id = c.ancestor_id
    WHERE c.descendant_id = incidents.unit_id AND u.parent_id = '00000000-0000-7000-8000-000000000001'
), '00000000-0000-7000-8000-000000000001');
ALTER TABLE incidents ALTER COLUMN branch_id SET NOT NULL;
CREATE INDEX incidents_branch_category_occurred ON incidents (branch_id, category, occurred_at, id);
