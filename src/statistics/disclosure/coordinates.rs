//! The coordinates of slabs: along what records differ, and every value they can have.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use rustc_hash::FxHashSet;

use super::blocks::Tree;
use super::ground::Plot;
use super::measures::{Axis, HELPED, NOT_HELPED};
use super::outcome;
use super::slab::{self, Coordinate};
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::statistics::scene::Vocabulary;
use crate::statistics::sources::Source;

/// The values that a coordinate can have, whether anything is there or not.
fn universe(plot: &Plot<'_>, dimension: Dimension) -> Vec<Part> {
    let scene = plot.scene;
    let mut values: BTreeSet<Part> = match dimension {
        Dimension::Unit => plot.units.iter().map(|unit| Part::Id(unit.uuid())).collect(),
        _ => match plot.book.vocabulary.map(|of| of(dimension)) {
            Some(Vocabulary::Words(words)) => words.iter().map(|word| Part::Word(word)).collect(),
            Some(Vocabulary::List(list)) => {
                scene.codes.get(&list).into_iter().flatten().map(|code| Part::Code(code.clone())).collect()
            }
            None => BTreeSet::new(),
        },
    };
    if dimension != Dimension::Unit {
        let found: FxHashSet<&Part> = plot.book.facts.iter().map(|fact| plot.book.part(fact, dimension)).collect();
        values.extend(found.into_iter().cloned());
    }
    values.into_iter().collect()
}

/// The coordinates of the slabs of a plot.
pub fn coordinates(plot: &Plot<'_>, over_time: bool) -> Vec<Coordinate> {
    let years = years(plot);
    let new = |axis, values, tree| Coordinate { axis, values, tree };
    let mut all = Vec::new();
    let units = universe(plot, Dimension::Unit);
    let tree = Tree::of_units(&units, plot.scene);
    all.push(new(Axis::By(Dimension::Unit), units, tree));
    let mut dims = plot.book.dims.iter().copied();
    let plain = |dimension| {
        if plot.source == Source::Incidents && dimension == Dimension::Status {
            let (values, tree) = outcome::every(*years.start(), *years.end());
            return new(Axis::Outcome, values, tree);
        }
        let values = universe(plot, dimension);
        let tree = Tree::flat(values.len());
        new(Axis::By(dimension), values, tree)
    };
    all.extend(dims.next().map(plain));
    if over_time {
        all.push(new(Axis::By(Dimension::Month), (1..=12).map(slab::month).collect(), Tree::of_year()));
    }
    all.extend(dims.map(plain));
    if plot.source == Source::Incidents {
        all.push(new(Axis::Helped, vec![NOT_HELPED, HELPED], Tree::flat(2)));
    }
    all
}

/// The years in which anything happened or was resolved.
fn years(plot: &Plot<'_>) -> RangeInclusive<i32> {
    let marks = || plot.book.facts.iter().flat_map(|fact| &fact.marks);
    let years = || marks().map(|mark| i32::from(mark.day.date().year()));
    years().min().unwrap_or(0)..=years().max().unwrap_or(0)
}
