//! The coordinates of slabs: along what records differ, and every value they can have.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::blocks::Tree;
use super::measures::{Axis, HELPED, NOT_HELPED};
use super::slab::{self, Coordinate};
use super::{Ground, outcome, slab_root};
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::statistics::scene::Vocabulary;
use crate::statistics::sources::Source;
use crate::types::UnitId;

/// The values that a coordinate can have, whether anything is there or not.
fn universe(ground: &Ground, dimension: Dimension, root: UnitId) -> Vec<Part> {
    let scene = &ground.scene;
    let mut values: BTreeSet<Part> = match dimension {
        Dimension::Unit => {
            let below = scene.tree.keys().filter(|unit| slab_root(scene, **unit) == root);
            below.map(|unit| Part::Id(unit.uuid())).collect()
        }
        _ => match ground.book.vocabulary.map(|of| of(dimension)) {
            Some(Vocabulary::Words(words)) => words.iter().map(|word| Part::Word(word)).collect(),
            Some(Vocabulary::List(list)) => {
                scene.codes.get(&list).into_iter().flatten().map(|code| Part::Code(code.clone())).collect()
            }
            None => BTreeSet::new(),
        },
    };
    if dimension != Dimension::Unit {
        values.extend(ground.book.facts.iter().map(|fact| ground.book.part(fact, dimension).clone()));
    }
    values.into_iter().collect()
}

/// The coordinates of the slabs under one root.
pub fn coordinates(ground: &Ground, root: UnitId, over_time: bool) -> Vec<Coordinate> {
    let years = years(ground);
    let new = |axis, values, tree| Coordinate { axis, values, tree, years: years.clone() };
    let mut all = Vec::new();
    let units = universe(ground, Dimension::Unit, root);
    let tree = Tree::of_units(&units, &ground.scene);
    all.push(new(Axis::By(Dimension::Unit), units, tree));
    let mut dims = ground.book.dims.iter().copied();
    let plain = |dimension| {
        if ground.source == Source::Incidents && dimension == Dimension::Status {
            let (values, tree) = outcome::every(*years.start(), *years.end());
            return new(Axis::Outcome, values, tree);
        }
        let values = universe(ground, dimension, root);
        let tree = Tree::flat(values.len());
        new(Axis::By(dimension), values, tree)
    };
    all.extend(dims.next().map(plain));
    if over_time {
        all.push(new(Axis::By(Dimension::Month), (1..=12).map(slab::month).collect(), Tree::of_year()));
    }
    all.extend(dims.map(plain));
    if ground.source == Source::Incidents {
        all.push(new(Axis::Helped, vec![NOT_HELPED, HELPED], Tree::flat(2)));
    }
    all
}

/// The years in which anything happened or was resolved.
fn years(ground: &Ground) -> RangeInclusive<i32> {
    let marks = || ground.book.facts.iter().flat_map(|fact| &fact.marks);
    let years = || marks().map(|mark| i32::from(mark.day.date().year()));
    years().min().unwrap_or(0)..=years().max().unwrap_or(0)
}
