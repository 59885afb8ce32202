//! Blocks: the values along one coordinate put together so that each block holds nothing or enough.

use std::collections::HashMap;
use std::ops::Range;

use crate::statistics::fact::Part;
use crate::statistics::scene::Scene;
use crate::types::UnitId;

/// Fewer than this is not told.
pub const ENOUGH: i64 = 5;

/// How the values of a coordinate (by their number) lie under one another.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    pub own: Option<usize>,
    pub below: Vec<Tree>,
}

impl Tree {
    fn leaf(value: usize) -> Self {
        Self { own: Some(value), below: Vec::new() }
    }

    /// Values side by side.
    pub fn beside(values: Range<usize>) -> Self {
        Self { own: None, below: values.map(Self::leaf).collect() }
    }

    /// So many side by side.
    pub fn flat(count: usize) -> Self {
        Self::beside(0..count)
    }

    /// Twelve months in four quarters.
    pub fn of_year() -> Self {
        let quarter = |first: usize| Self { own: None, below: (first..first + 3).map(Self::leaf).collect() };
        Self { own: None, below: [0, 3, 6, 9].map(quarter).to_vec() }
    }

    /// Units under their parents.
    pub fn of_units(units: &[Part], scene: &Scene) -> Self {
        let id = |part: &Part| match part {
            Part::Id(id) => Some(UnitId::new(*id)),
            _ => None,
        };
        let numbers: HashMap<UnitId, usize> =
            units.iter().enumerate().filter_map(|(number, part)| Some((id(part)?, number))).collect();
        let mut below: HashMap<Option<UnitId>, Vec<UnitId>> = HashMap::new();
        for unit in units.iter().filter_map(id) {
            let parent = scene.tree.get(&unit).and_then(|(_, parent)| *parent);
            below.entry(parent.filter(|parent| numbers.contains_key(parent))).or_default().push(unit);
        }
        Self { own: None, below: Self::under(None, &numbers, &below) }
    }

    fn under(
        parent: Option<UnitId>,
        numbers: &HashMap<UnitId, usize>,
        below: &HashMap<Option<UnitId>, Vec<UnitId>>,
    ) -> Vec<Self> {
        let units = below.get(&parent).into_iter().flatten();
        let tree =
            |unit: &UnitId| Self { own: numbers.get(unit).copied(), below: Self::under(Some(*unit), numbers, below) };
        units.map(tree).collect()
    }

    fn values(&self) -> Vec<usize> {
        self.own.into_iter().chain(self.below.iter().flat_map(Self::values)).collect()
    }

    fn parts(&self) -> Vec<Tree> {
        let own = self.own.filter(|_| !self.below.is_empty()).map(Self::leaf);
        own.into_iter().chain(self.below.iter().cloned()).collect()
    }
}

/// Where the values of a coordinate went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// The block of each value; none where it is known to hold nothing.
    pub of: Vec<Option<usize>>,
    count: usize,
}

impl Blocks {
    /// One block of everything: nothing is known of any value.
    pub fn whole(values: usize) -> Self {
        Self { of: vec![Some(0); values], count: 1 }
    }

    /// One block of what holds something.
    pub fn one(held: impl Iterator<Item = bool>) -> Self {
        Self { of: held.map(|held| held.then_some(0)).collect(), count: 1 }
    }

    /// Puts the values under a tree into blocks. Small ones are put together; where they are not enough
    /// together, or where each would be known to be one, the smallest large one joins them. Where
    /// that is not enough either, the whole is one block, with what holds nothing in it.
    pub fn of(tree: &Tree, values: usize, weigh: &impl Fn(&[usize]) -> i64) -> Self {
        let mut blocks = Self { of: vec![None; values], count: 0 };
        blocks.split(tree, weigh);
        blocks
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    fn add(&mut self, values: &[usize]) {
        for value in values {
            self.of[*value] = Some(self.count);
        }
        self.count += 1;
    }

    fn split(&mut self, tree: &Tree, weigh: &impl Fn(&[usize]) -> i64) {
        let parts = tree.parts();
        if parts.is_empty() {
            return self.add(&tree.values());
        }
        let weighed = parts.into_iter().map(|part| (weigh(&part.values()), part));
        let mut held: Vec<(i64, Tree)> = weighed.filter(|(weight, _)| *weight != 0).collect();
        held.sort_by_key(|(weight, _)| *weight);
        let mut small = held.partition_point(|(weight, _)| *weight < ENOUGH);
        let together = |count: usize| held[..count].iter().flat_map(|(_, part)| part.values()).collect::<Vec<_>>();
        let enough = |count: usize| {
            let weight = weigh(&together(count));
            weight >= ENOUGH && weight > count as i64
        };
        while small > 0 && small < held.len() && !enough(small) {
            small += 1;
        }
        if small == held.len() && small > 0 && (small > 1 || held[0].0 < ENOUGH) {
            return self.add(&if enough(small) { together(small) } else { tree.values() });
        }
        if small > 0 {
            self.add(&together(small));
        }
        for (_, part) in &held[small..] {
            self.split(part, weigh);
        }
    }

    /// Whether what is chosen holds nothing, all there is, or whole blocks.
    pub fn take(&self, chosen: &[bool]) -> Take {
        let mut taken: Vec<Option<bool>> = vec![None; self.count];
        for (block, chosen) in self.of.iter().zip(chosen) {
            let Some(block) = block else {
                continue;
            };
            match taken[*block] {
                Some(before) if before != *chosen => return Take::Parts,
                _ => taken[*block] = Some(*chosen),
            }
        }
        let mut known = taken.into_iter().flatten();
        match (known.clone().any(|chosen| chosen), known.all(|chosen| chosen)) {
            (false, _) => Take::Nothing,
            (true, true) => Take::All,
            (true, false) => Take::Whole,
        }
    }
}

/// What a choice along a coordinate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    Nothing,
    All,
    Whole,
    Parts,
}
