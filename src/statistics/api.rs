//! Routes of statistics. An answer depends on the records, the caller and the query alone, and says
//! so by its ETag: a dashboard that asks again costs little.

use actix_web::body::BoxBody;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, LINK, VARY};
use actix_web::{HttpRequest, HttpResponse, Responder, get};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::indicators::{self, Indicator, IndicatorSort};
use super::observe::{self, Observation, ObservationPage, observe};
use super::params::{OfBalances, OfObservations, Params};
use super::render::{self, Csv};
use super::{Balance, BalancePage, balance, facts};
use crate::access::{Permit, Read, Tx};
use crate::error::{Error, Result};
use crate::http::{AskFor, ListParams, Listed, NoFilter, Page, Part, RawQuery, known, preferred};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_indicators).service(list_observations).service(list_balances);
}

/// Lists the indicators and what they mean.
#[utoipa::path(tag = "statistics", params(ListParams<NoFilter, IndicatorSort>), responses((status = 200, body = Page<Indicator>)))]
#[get("/v1/statistics/indicators")]
async fn list_indicators(
    permit: Permit<Indicator, Read>,
    wanted: Wanted,
    ask: AskFor<NoFilter, IndicatorSort>,
) -> Result<Listed<Indicator>> {
    wanted.media(&[JSON])?;
    permit
        .read(move |tx| {
            let ask = ask.read(tx)?;
            let mut all = indicators::all();
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
    responses((status = 200, content((ObservationPage = "application/json"), (Csv = "text/csv"))))
)]
#[get("/v1/statistics/observations")]
async fn list_observations(permit: Permit<Observation, Read>, wanted: Wanted, query: RawQuery) -> Result<Answer> {
    let media = wanted.media(OFFERED)?;
    permit
        .read(move |tx| {
            let params: Params<OfObservations> = query.read()?;
            let (asked, settled) = params.settle()?;
            let part = Part::read(tx, &query, params.common.cursor.as_deref(), params.common.page_size())?;
            let version = facts::version(tx)?;
            let tag = tag(tx, &query, &version, media);
            if wanted.has(&tag) {
                return Ok(Answer::unchanged(tag));
            }
            let facts = facts::load(tx, &settled.filter, &settled.cut, settled.range)?;
            let taken = part.take(observe(&asked, &facts)?, |figure| observe::position(figure, &asked))?;
            let body = match media {
                CSV => render::observations(&taken.items, &asked.cut.by, asked.earlier.is_some())?,
                _ => {
                    let meta = settled.meta(tx.caller().unit, tx.now(), &version);
                    json(&ObservationPage { items: taken.items, page: taken.page, meta })?
                }
            };
            Ok(Answer { tag, media, body: Some(body), link: taken.link })
        })
        .await
}

/// Draws up balances: opening and inflows less outflows are the closing.
#[utoipa::path(
    tag = "statistics",
    params(Params<OfBalances>),
    responses((status = 200, content((BalancePage = "application/json"), (Csv = "text/csv"))))
)]
#[get("/v1/statistics/balances")]
async fn list_balances(permit: Permit<Balance, Read>, wanted: Wanted, query: RawQuery) -> Result<Answer> {
    let media = wanted.media(OFFERED)?;
    permit
        .read(move |tx| {
            let params: Params<OfBalances> = query.read()?;
            let (asked, settled) = params.settle()?;
            let part = Part::read(tx, &query, params.common.cursor.as_deref(), params.common.page_size())?;
            let version = facts::version(tx)?;
            let tag = tag(tx, &query, &version, media);
            if wanted.has(&tag) {
                return Ok(Answer::unchanged(tag));
            }
            let facts = facts::load(tx, &settled.filter, &settled.cut, settled.range)?;
            let drawn_up = balance::balance(&asked, &facts)?;
            let taken = part.take(drawn_up, |balance| observe::place(&balance.key, &asked.cut.by))?;
            let body = match media {
                CSV => render::balances(&taken.items, &asked.cut.by, asked.counted)?,
                _ => {
                    let meta = settled.meta(tx.caller().unit, tx.now(), &version);
                    json(&BalancePage { items: taken.items, page: taken.page, meta })?
                }
            };
            Ok(Answer { tag, media, body: Some(body), link: taken.link })
        })
        .await
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const OFFERED: &[&str] = &[JSON, CSV];

/// What the client takes and has.
struct Wanted(HeaderMap);

impl Wanted {
    fn media(&self, offered: &[&'static str]) -> Result<&'static str> {
        let told = if offered.len() > 1 { "application/json, text/csv" } else { JSON };
        preferred(&self.0, offered).ok_or(Error::NotAcceptable { offered: told })
    }

    fn has(&self, tag: &str) -> bool {
        known(&self.0, tag)
    }
}

impl actix_web::FromRequest for Wanted {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self(request.headers().clone())))
    }
}

/// What an answer depends on. The day is part of it: what a caller may see can end with a day.
fn tag(tx: &Tx<'_>, query: &RawQuery, version: &str, media: &str) -> String {
    let caller = tx.caller();
    let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.as_str()).collect();
    let on = format!("{version} {} {} {scopes:?} {} {media}", tx.today(), caller.unit, query.target());
    let hash = digest(&SHA256, format!("{} {on}", caller.id).as_bytes());
    let hex: String = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn json(page: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(page).map_err(Error::internal)
}

/// A table with its ETag, or 304 when the client has it.
struct Answer {
    tag: String,
    media: &'static str,
    body: Option<Vec<u8>>,
    link: Option<String>,
}

impl Answer {
    fn unchanged(tag: String) -> Self {
        Self { tag, media: JSON, body: None, link: None }
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    /// The ETag is weak: `generatedAt` differs while every figure is the same.
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = match self.body {
            Some(_) => HttpResponse::Ok(),
            None => HttpResponse::NotModified(),
        };
        response.insert_header((ETAG, format!("W/{}", self.tag)));
        response.insert_header((CACHE_CONTROL, "private, no-cache"));
        response.insert_header((VARY, format!("{}, Authorization", ACCEPT.as_str())));
        if let Some(link) = self.link {
            response.insert_header((LINK, link));
        }
        let Some(body) = self.body else {
            return response.finish();
        };
        let charset = if self.media == CSV { "text/csv; charset=utf-8" } else { self.media };
        response.insert_header((CONTENT_TYPE, charset)).body(body)
    }
}
