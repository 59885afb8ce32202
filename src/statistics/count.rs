//! Counting: facts are loaded for what is asked, and read by whoever may be told: in full by callers
//! who may list the rows, else as far as disclosure lets them.

use super::Dimension;
use super::balance::{self, Balance, balance};
use super::catalogue::IndicatorId;
use super::cube::Book;
use super::disclosure::{self, Ground};
use super::fact::Series;
use super::filters::Filters;
use super::observe::{self, Observation};
use super::params::Settled;
use super::period::Slot;
use super::scene::Scene;
use super::sources::{self, Place, Source, Want};
use crate::access::{Scope, Tx};
use crate::error::Result;

/// The sources of some indicators, each once.
pub fn sources(indicators: &[IndicatorId]) -> Vec<Source> {
    let mut sources: Vec<Source> = indicators.iter().map(|id| id.indicator().source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// Every figure asked for, in order.
pub fn observed(tx: &mut Tx<'_>, asked: &observe::Asked, settled: &Settled) -> Result<Vec<Observation>> {
    let mut figures = Vec::new();
    let sources = sources(&asked.indicators);
    let scene = sources::scene(tx, settled, &sources)?;
    for source in sources {
        let of_source = || asked.indicators.iter().filter(move |id| id.indicator().source == source);
        if sees(tx, source, settled) {
            let (samples, sums): (Vec<_>, Vec<_>) = of_source().partition(|id| id.indicator().reading.samples());
            let of = |id: &&IndicatorId| id.indicator().reading.series();
            for some in [sums, samples].iter().filter(|some| !some.is_empty()) {
                let series: Vec<Series> = some.iter().map(of).collect();
                let book = book(tx, source, settled, &asked.all_slots(), &series, &scene)?;
                for id in some {
                    figures.extend(observe::observe(**id, asked, &book, &scene)?);
                }
            }
        } else {
            let series: Vec<Series> = of_source().map(|id| id.indicator().reading.series()).collect();
            let ground = ground(tx, source, settled, &asked.all_slots(), &series)?;
            for id in of_source() {
                figures.extend(disclosure::observe(*id, asked, &settled.filters, &ground)?);
            }
        }
    }
    observe::sort(&mut figures, asked);
    Ok(figures)
}

/// Every balance asked for, in order; of what a caller may not list there is one, and it says nothing.
pub fn balanced(tx: &mut Tx<'_>, asked: &balance::Asked, settled: &Settled) -> Result<Vec<Balance>> {
    let source = asked.counted.source();
    if !sees(tx, source, settled) {
        return Ok(if asked.cut.by.is_empty() { vec![Balance::withheld()] } else { Vec::new() });
    }
    let scene = sources::scene(tx, settled, &[source])?;
    balance(asked, &book(tx, source, settled, &asked.slots, &[], &scene)?, &scene)
}

/// Whether the caller may list all that is counted. What kind of member one is takes the members' own right.
fn sees(tx: &Tx<'_>, source: Source, settled: &Settled) -> bool {
    let scopes = tx.caller().scopes;
    let kinds = settled.cut.by.contains(&Dimension::Kind) || settled.filters.kind.is_some();
    let members = source != Source::Memberships || !kinds || scopes.has(Scope::MembersRead);
    members && source.guarded_by().is_none_or(|needed| scopes.covers(needed))
}

fn book(
    tx: &mut Tx<'_>,
    source: Source,
    settled: &Settled,
    slots: &[Slot],
    series: &[Series],
    scene: &Scene,
) -> Result<Book> {
    let (dims, filters) = (&*settled.dims(source), &settled.filters);
    let place = Place::Caller(settled.unit);
    source.book(tx, &Want { dims, filters, place, cut: &settled.cut, scene, series, slots })
}

/// All facts of the slabs that the question touches, whatever is asked of them and whoever asks.
fn ground(tx: &mut Tx<'_>, source: Source, settled: &Settled, slots: &[Slot], series: &[Series]) -> Result<Ground> {
    let scene = sources::whole(tx, source)?;
    let scope = match settled.unit {
        Some(unit) if !sources::holds(tx, unit)? => None,
        Some(unit) => Some(unit),
        None => Some(tx.caller().unit),
    };
    let roots = scope.map(|unit| disclosure::slab_root(&scene, unit)).into_iter().collect();
    let (dims, filters, place) = (source.dimensions(), &Filters::default(), Place::Under(roots));
    let (cut, slots) = (&settled.cut, &disclosure::years(slots));
    let book = source.book(tx, &Want { dims, filters, place, cut, scene: &scene, series, slots })?;
    Ok(Ground { source, book, scene, scope })
}
