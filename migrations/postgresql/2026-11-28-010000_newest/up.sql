-- A list of a province begins with what came last, unless it is told otherwise: without this it walks through the
-- whole nation's incidents until it has seen enough of the province's.
CREATE INDEX incidents_branch_created ON incidents (branch_id, created_at, id);
