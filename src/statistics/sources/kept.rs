//! What is kept beside the records so that figures need not look for it, against what the records say: until
//! when a review holds, who is an exemplar, through which statuses a model went, and where incidents lie.
//! Writes keep all of it; here is only looked whether they did.

use diesel::prelude::*;

use crate::access::{Database, ROOT_UNIT, Tx};
use crate::error::Result;
use crate::types::{AnyId, sql};

/// What is compared, and the query that finds a record of which it is not so. One text serves both databases.
const KEPT: [(&str, &str); 5] = [
    (
        "the day until which a review holds",
        "SELECT id FROM (
            SELECT id, until_on, LEAD(reviewed_on) OVER (PARTITION BY model_id ORDER BY reviewed_on, created_at, id) AS next
            FROM reviews
        ) AS told WHERE until_on IS DISTINCT FROM next ORDER BY id LIMIT 1",
    ),
    (
        "whether a model is an exemplar",
        "SELECT models.id FROM models
        LEFT JOIN reviews ON reviews.model_id = models.id AND reviews.until_on IS NULL
        WHERE models.exemplar <> (reviews.exemplar IS NOT NULL AND reviews.exemplar) ORDER BY models.id LIMIT 1",
    ),
    (
        "a span of a model's life",
        "WITH changes AS (
            SELECT model_id, from_status, to_status, effective_on,
                ROW_NUMBER() OVER (PARTITION BY model_id ORDER BY id) AS number
            FROM model_status_changes
        ), lives AS (
            SELECT models.id AS model_id, 0 AS number, COALESCE(next.from_status, models.status) AS status,
                CAST(NULL AS text) AS came_from, next.to_status AS went_to,
                models.established_on AS from_on, next.effective_on AS to_on
            FROM models LEFT JOIN changes AS next ON next.model_id = models.id AND next.number = 1
            UNION ALL
            SELECT own.model_id, own.number, own.to_status, own.from_status, next.to_status,
                own.effective_on, next.effective_on
            FROM changes AS own
            LEFT JOIN changes AS next ON next.model_id = own.model_id AND next.number = own.number + 1
        )
        SELECT COALESCE(lives.model_id, spans.model_id) AS id
        FROM lives FULL JOIN model_spans AS spans ON spans.model_id = lives.model_id AND spans.number = lives.number
        WHERE lives.status IS DISTINCT FROM spans.status OR lives.came_from IS DISTINCT FROM spans.came_from
            OR lives.went_to IS DISTINCT FROM spans.went_to OR lives.from_on IS DISTINCT FROM spans.from_on
            OR lives.to_on IS DISTINCT FROM spans.to_on
        ORDER BY 1 LIMIT 1",
    ),
    (
        "whether models contributed to an incident",
        "SELECT incidents.id FROM incidents
        LEFT JOIN (SELECT DISTINCT incident_id FROM incident_contributions) AS made ON made.incident_id = incidents.id
        WHERE incidents.contributed <> (made.incident_id IS NOT NULL) ORDER BY incidents.id LIMIT 1",
    ),
    (
        "the branch in which incidents of a unit lie",
        "SELECT told.unit_id AS id FROM (SELECT DISTINCT unit_id, branch_id FROM incidents) AS told
        LEFT JOIN (
            SELECT descendant_id, ancestor_id FROM unit_closure
            JOIN units ON units.id = ancestor_id AND units.parent_id = {root}
        ) AS above ON above.descendant_id = told.unit_id
        WHERE told.branch_id <> COALESCE(above.ancestor_id, {root}) ORDER BY told.unit_id LIMIT 1",
    ),
];

#[derive(QueryableByName)]
struct Astray {
    #[diesel(sql_type = sql::Uuid)]
    id: AnyId,
}

/// The first record of which something is kept that is not so, in words.
pub fn astray(tx: &mut Tx<'_>) -> Result<Option<String>> {
    for (what, query) in KEPT {
        let hex = ROOT_UNIT.uuid().simple();
        let found: Option<Astray> = match tx.conn() {
            Database::Postgresql(server) => {
                diesel::sql_query(query.replace("{root}", &format!("'{hex}'"))).get_result(server).optional()?
            }
            Database::Sqlite(file) => {
                diesel::sql_query(query.replace("{root}", &format!("x'{hex}'"))).get_result(file).optional()?
            }
        };
        if let Some(Astray { id }) = found {
            return Ok(Some(format!("{what} ({id}) is not what the records say")));
        }
    }
    Ok(None)
}
