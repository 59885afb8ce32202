//! The route of the movement report.

use actix_web::get;
use actix_web::web::Data;

use super::asked::Scope;
use super::{MovementReport, drawn, workbook};
use crate::access::{Permit, Read};
use crate::error::Result;
use crate::http::RawQuery;
use crate::statistics::answer::{Answer, Form, Wanted, json};
use crate::statistics::recalled::Recalled;
use crate::statistics::render::Xlsx;
use crate::statistics::sources;

/// Draws up the movement report: ten tables of a period beside the same period before, every figure with
/// the query that gives it.
#[utoipa::path(
    tag = "statistics",
    params(Scope),
    responses((status = 200, content(
        (MovementReport = "application/json"),
        (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )))
)]
#[get("/v1/statistics/reports/movement")]
pub async fn show_movement_report(
    permit: Permit<MovementReport, Read>,
    wanted: Wanted,
    query: RawQuery,
    recalled: Data<Recalled>,
) -> Result<Answer> {
    let form = wanted.form(&[Form::Json, Form::Xlsx])?;
    let key = wanted.key(permit.caller(), &query, form);
    recalled
        .answer(permit, key, wanted, move |tx, wanted| {
            let scope: Scope = query.read()?;
            let settled = scope.settle()?;
            tx.take_time()?;
            let (version, since) = sources::version(tx, &drawn::sources())?;
            let tag = wanted.tag(tx, &query, &version, form);
            if wanted.has(&tag) {
                return Ok(Answer::unchanged(tag));
            }
            let meta = settled.meta(tx.caller().unit, since, &version);
            let report = drawn::report(tx, &scope, settled.before(), meta, wanted.language)?;
            let body = match form {
                Form::Xlsx => workbook::workbook(&report, wanted.language)?,
                Form::Json | Form::Csv | Form::Svg => json(&report)?,
            };
            Ok(Answer::new(tag, form, body, None))
        })
        .await
}
