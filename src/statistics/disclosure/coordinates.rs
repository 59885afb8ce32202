//! The coordinates of slabs: along what records differ, and every value they can have.

use std::collections::BTreeSet;

use super::blocks::Tree;
use super::slab::{self, Coordinate};
use super::{Ground, slab_root};
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::statistics::scene::Vocabulary;
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
    let tree = |parts: &[Part]| Tree::of_units(parts, &ground.scene);
    let mut all = Vec::new();
    let units = universe(ground, Dimension::Unit, root);
    all.push(Coordinate { dimension: Dimension::Unit, tree: tree(&units), values: units });
    let mut dims = ground.book.dims.iter().copied();
    let plain = |dimension| {
        let values = universe(ground, dimension, root);
        Coordinate { dimension, tree: Tree::flat(values.len()), values }
    };
    all.extend(dims.next().map(plain));
    if over_time {
        let values = (1..=12).map(slab::month).collect();
        all.push(Coordinate { dimension: Dimension::Month, tree: Tree::of_year(), values });
    }
    all.extend(dims.map(plain));
    all
}
