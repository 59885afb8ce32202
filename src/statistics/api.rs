//! Routes of statistics. An answer depends on the records, the caller and the query alone, and says
//! so by its ETag: a dashboard that asks again costs little.

use actix_web::get;
use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answer::{Answer, Form, Wanted, json};
use super::catalogue::{self, Indicator, IndicatorSort};
use super::observe::{self, Observation, ObservationPage};
use super::params::{OfBalances, OfObservations, Params};
use super::recalled::Recalled;
use super::render::{self, Csv, Sheet, Svg, Xlsx};
use super::shelf::Shelf;
use super::sources;
use super::{Balance, BalancePage, count, report, words};
use crate::access::{Permit, Read};
use crate::error::Result;
use crate::http::{AskFor, ListParams, Listed, NoFilter, Page, Part, RawQuery};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_indicators)
        .service(list_observations)
        .service(list_balances)
        .service(report::api::show_movement_report);
}

/// Lists the indicators and what they mean.
#[utoipa::path(tag = "statistics", params(ListParams<NoFilter, IndicatorSort>), responses((status = 200, body = Page<Indicator>)))]
#[get("/v1/statistics/indicators")]
async fn list_indicators(
    permit: Permit<Indicator, Read>,
    wanted: Wanted,
    ask: AskFor<NoFilter, IndicatorSort>,
) -> Result<Listed<Indicator>> {
    wanted.form(&[Form::Json])?;
    permit
        .read(move |tx| {
            let ask = ask.read(tx)?;
            let mut all = catalogue::all();
            let total = all.len() as i64;
            if ask.descending {
                all.reverse();
            }
            let cut = ask.cut_all(all, |indicator| (indicator.id.to_string(), Uuid::nil()))?;
            ask.listed(cut, ask.total(|| Ok(total))?)
        })
        .await
}

/// Observes indicators over a period, in a unit and under it.
#[utoipa::path(
    tag = "statistics",
    params(Params<OfObservations>),
    responses((status = 200, content(
        (ObservationPage = "application/json"),
        (Csv = "text/csv"),
        (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Svg = "image/svg+xml"),
    )))
)]
#[get("/v1/statistics/observations")]
async fn list_observations(
    permit: Permit<Observation, Read>,
    wanted: Wanted,
    query: RawQuery,
    recalled: Data<Recalled>,
) -> Result<Answer> {
    let form = wanted.form(&[Form::Json, Form::Csv, Form::Xlsx, Form::Svg])?;
    let key = wanted.key(permit.caller(), &query, form);
    recalled
        .answer(permit, key, wanted, move |tx, wanted| {
            let params: Params<OfObservations> = query.read()?;
            let (asked, settled) = params.settle()?;
            let part = Part::read(tx, &query, params.common.cursor.as_deref(), params.common.page_size())?;
            let sources = count::sources(&asked.indicators);
            let (version, since) = sources::version(tx, &sources)?;
            let tag = wanted.tag(tx, &query, &version, form);
            if wanted.has(&tag) {
                return Ok(Answer::unchanged(tag));
            }
            let figures = count::observed(tx, &mut Shelf::default(), &asked, &settled)?;
            let counted = figures.len();
            let taken = part.take(figures, |figure| observe::position(figure, &asked))?;
            let whole = counted == taken.items.len();
            let meta = settled.meta(tx.caller().unit, since, &version);
            let table = || render::observations(&taken.items, &asked.cut.by, asked.earlier.is_some());
            let body = match form {
                Form::Csv => render::csv(&table())?,
                Form::Xlsx => {
                    let title = words::title(tx, &asked.indicators, &meta, wanted.language)?;
                    render::xlsx(&title, &[Sheet { name: title.clone(), above: vec![title.clone()], table: table() }])?
                }
                Form::Svg => {
                    words::chart(tx, &asked, &words::Drawn { items: &taken.items, whole }, &meta, wanted.language)?
                }
                Form::Json => json(&ObservationPage { items: taken.items, page: taken.page, meta })?,
            };
            Ok(Answer::new(tag, form, body, taken.link))
        })
        .await
}

/// Draws up balances: opening and inflows less outflows are the closing.
#[utoipa::path(
    tag = "statistics",
    params(Params<OfBalances>),
    responses((status = 200, content(
        (BalancePage = "application/json"),
        (Csv = "text/csv"),
        (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )))
)]
#[get("/v1/statistics/balances")]
async fn list_balances(
    permit: Permit<Balance, Read>,
    wanted: Wanted,
    query: RawQuery,
    recalled: Data<Recalled>,
) -> Result<Answer> {
    let form = wanted.form(&[Form::Json, Form::Csv, Form::Xlsx])?;
    let key = wanted.key(permit.caller(), &query, form);
    recalled
        .answer(permit, key, wanted, move |tx, wanted| {
            let params: Params<OfBalances> = query.read()?;
            let (asked, settled) = params.settle()?;
            let part = Part::read(tx, &query, params.common.cursor.as_deref(), params.common.page_size())?;
            let source = asked.counted.source();
            let (version, since) = sources::version(tx, &[source])?;
            let tag = wanted.tag(tx, &query, &version, form);
            if wanted.has(&tag) {
                return Ok(Answer::unchanged(tag));
            }
            let drawn_up = count::balanced(tx, &mut Shelf::default(), &asked, &settled)?;
            let taken = part.take(drawn_up, |balance| balance.key.place(&asked.cut.by))?;
            let meta = settled.meta(tx.caller().unit, since, &version);
            let table = || render::balances(&taken.items, &asked.cut.by, asked.counted);
            let body = match form {
                Form::Csv => render::csv(&table())?,
                Form::Xlsx => {
                    let title = words::balance_title(asked.counted, &meta, wanted.language);
                    render::xlsx(&title, &[Sheet { name: title.clone(), above: vec![title.clone()], table: table() }])?
                }
                Form::Json | Form::Svg => json(&BalancePage { items: taken.items, page: taken.page, meta })?,
            };
            Ok(Answer::new(tag, form, body, taken.link))
        })
        .await
}
