-- The branch of the tree in which an incident lies: the unit right below the nation. Lists of a province
-- follow an index in their own order, whatever lies under it.
ALTER TABLE incidents ADD COLUMN branch_id BLOB NOT NULL DEFAULT x'';
UPDATE incidents SET branch_id = coalesce((
    SELECT u.id FROM unit_closure c JOIN units u ON u.id = c.ancestor_id
    WHERE c.descendant_id = incidents.unit_id AND u.parent_id = x'00000000000070008000000000000001'
), x'00000000000070008000000000000001');
CREATE INDEX incidents_branch_category_occurred ON incidents (branch_id, category, occurred_at, id);
