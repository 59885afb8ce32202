//! Counting: facts are loaded for what is asked, and read by whoever may be told: in full by callers
//! who may list the rows, else as far as disclosure lets them.

use std::rc::Rc;

use super::Dimension;
use super::balance::{self, Balance, Counted, balance};
use super::catalogue::IndicatorId;
use super::cube::Shape;
use super::disclosure;
use super::fact::Series;
use super::observe::{self, Observation};
use super::params::Settled;
use super::shelf::{Ask, Shelf};
use super::sources::{Place, Source};
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
pub fn observed(
    tx: &mut Tx<'_>,
    shelf: &mut Shelf,
    asked: &observe::Asked,
    settled: &Settled,
) -> Result<Vec<Observation>> {
    let mut figures = Vec::new();
    let sources = sources(&asked.indicators);
    let scene = shelf.scene(tx, settled, &sources)?;
    let slots = asked.all_slots();
    for source in sources {
        let of_source = || asked.indicators.iter().copied().filter(move |id| id.indicator().source == source);
        let ground = match sees(tx, source, settled) {
            true => None,
            false => Some(shelf.ground(tx, source, settled, &slots, of_source().any(disclosure::looks_back))?),
        };
        let place = match &ground {
            None => Some(Place::Caller(settled.unit)),
            Some(ground) => ground.scope.map(Place::Under),
        };
        for shape in Shape::ALL {
            let some: Vec<IndicatorId> = of_source().filter(|id| id.indicator().reading.shape() == shape).collect();
            let series: Vec<Series> = some.iter().map(|id| id.indicator().reading.series()).collect();
            if some.is_empty() {
                continue;
            }
            let scene = ground.as_ref().map_or(&scene, |ground| &ground.scene);
            let book = match place {
                Some(place) => {
                    let ask = Ask { source, shape, by_day: false, settled, place, scene, series: &series };
                    shelf.book(tx, &ask, &slots)?
                }
                None => Rc::default(),
            };
            for id in some {
                figures.extend(match &ground {
                    None => observe::observe(id, asked, &book, scene)?,
                    Some(ground) => disclosure::observe(id, asked, &settled.filters, ground, &book)?,
                });
            }
        }
    }
    observe::sort(&mut figures, asked);
    Ok(figures)
}

/// Every balance asked for, in order; of what a caller may not list there is one, and it says nothing.
pub fn balanced(tx: &mut Tx<'_>, shelf: &mut Shelf, asked: &balance::Asked, settled: &Settled) -> Result<Vec<Balance>> {
    let source = asked.counted.source();
    if !sees(tx, source, settled) {
        return Ok(if asked.cut.by.is_empty() { vec![Balance::withheld()] } else { Vec::new() });
    }
    let scene = shelf.scene(tx, settled, &[source])?;
    let (shape, by_day) = match asked.counted {
        Counted::ModelTypes => (Shape::Subjects, true),
        Counted::Models | Counted::Teams | Counted::Memberships => (Shape::Sums, false),
    };
    let (place, series) = (Place::Caller(settled.unit), &*asked.counted.read());
    let book = shelf.book(tx, &Ask { source, shape, by_day, settled, place, scene: &scene, series }, &asked.slots)?;
    balance(asked, &book, &scene)
}

/// Whether the caller may list all that is counted. What kind of member one is takes the members' own right.
fn sees(tx: &Tx<'_>, source: Source, settled: &Settled) -> bool {
    let scopes = tx.caller().scopes;
    let kinds = settled.cut.by.contains(&Dimension::Kind) || settled.filters.kind.is_some();
    let members = source != Source::Memberships || !kinds || scopes.has(Scope::MembersRead);
    members && source.guarded_by().is_none_or(|needed| scopes.covers(needed))
}
