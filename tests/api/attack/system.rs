//! A system: everything that is told of a space, as equations over its finest cells, and what follows.
//!
//! Finest cells that no equation tells apart are one unknown. That loses nothing: what follows from
//! the equations takes such cells all or none.

use std::collections::BTreeMap;

use super::linear::Echelon;
use super::region::{Mask, Region, all};

/// Which of many regions, as bits.
type Bits = Vec<u64>;

/// What is told of a space.
pub struct System {
    /// The values of each coordinate, those alike put together.
    classes: Vec<Vec<Mask>>,
    /// The unknown of each cell of classes that may hold something.
    cells: BTreeMap<Vec<usize>, usize>,
    /// How many cells each unknown has.
    sizes: Vec<usize>,
    pub known: Echelon,
}

impl System {
    /// Puts what is told into equations. `nothing` is known to hold nothing.
    pub fn of(sizes: &[usize], told: &[(Region, i64)], nothing: &[Region]) -> Self {
        let zeros = largest(told.iter().filter(|(_, value)| *value == 0).map(|(region, _)| region).chain(nothing));
        let sums: Vec<&(Region, i64)> = told.iter().filter(|(_, value)| *value != 0).collect();
        let regions: Vec<&Region> = sums.iter().map(|(region, _)| region).chain(zeros.iter().copied()).collect();
        let classes: Vec<Vec<Mask>> = (0..sizes.len()).map(|at| classes(at, sizes[at], &regions)).collect();
        let held = holders(&classes, &sums.iter().map(|(region, _)| region).collect::<Vec<_>>());
        let dead = holders(&classes, &zeros);
        let (mut cells, mut unknowns) = (BTreeMap::new(), BTreeMap::<Bits, usize>::new());
        for cell in product(&classes.iter().map(|classes| (0..classes.len()).collect()).collect::<Vec<_>>()) {
            if common(&dead, &cell).iter().all(|word| *word == 0) {
                let next = unknowns.len();
                let unknown = *unknowns.entry(common(&held, &cell)).or_insert(next);
                cells.insert(cell, unknown);
            }
        }
        let mut sizes = vec![0; unknowns.len()];
        for unknown in cells.values() {
            sizes[*unknown] += 1;
        }
        let mut known = Echelon::default();
        for (number, (_, value)) in sums.iter().enumerate() {
            let within = unknowns.iter().filter(|(bits, _)| bits[number / 64] >> (number % 64) & 1 == 1);
            known.add(within.map(|(_, unknown)| *unknown), *value);
        }
        Self { classes, cells, sizes, known }
    }

    pub fn unknowns(&self) -> usize {
        self.sizes.len()
    }

    /// What a region holds, if that follows: it takes every unknown whole, and their sum follows.
    pub fn follows(&self, region: &Region) -> Option<i64> {
        let mut taken: Vec<Vec<usize>> = Vec::new();
        let mut partly = false;
        for (classes, mask) in self.classes.iter().zip(&region.0) {
            let touched = (0..classes.len()).filter(|class| classes[*class] & mask != 0);
            let touched: Vec<usize> = touched.collect();
            partly |= touched.iter().any(|class| classes[*class] & !mask != 0);
            taken.push(touched);
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for cell in product(&taken) {
            if let Some(unknown) = self.cells.get(&cell) {
                let parts = cell.iter().zip(&self.classes).zip(&region.0);
                if partly && parts.into_iter().any(|((class, classes), mask)| classes[*class] & !mask != 0) {
                    return None;
                }
                *counts.entry(*unknown).or_default() += 1;
            }
        }
        if counts.iter().any(|(unknown, count)| self.sizes[*unknown] != *count) {
            return None;
        }
        let value = self.known.follows(counts.into_keys())?;
        Some(i64::try_from(value.to_integer()).expect("a sum of what was told"))
    }
}

/// The regions that lie in no other.
fn largest<'r>(regions: impl Iterator<Item = &'r Region>) -> Vec<&'r Region> {
    let mut sorted: Vec<&Region> = regions.collect();
    sorted.sort_by_key(|region| std::cmp::Reverse(region.0.iter().map(|mask| mask.count_ones()).sum::<u32>()));
    let mut largest: Vec<&Region> = Vec::new();
    for region in sorted {
        if !largest.iter().any(|larger| region.within(larger)) {
            largest.push(region);
        }
    }
    largest
}

/// The values along a coordinate that lie in the same regions, put together.
fn classes(at: usize, size: usize, regions: &[&Region]) -> Vec<Mask> {
    let mut classes = vec![all(size)];
    for region in regions {
        let mask = region.0[at];
        let halves = classes.into_iter().flat_map(|class| [class & mask, class & !mask]);
        classes = halves.filter(|class| *class != 0).collect();
    }
    classes
}

/// For every class of every coordinate, the regions that take it.
fn holders(classes: &[Vec<Mask>], regions: &[&Region]) -> Vec<Vec<Bits>> {
    let bits = |at: usize, class: Mask| {
        let mut bits = vec![0_u64; regions.len().div_ceil(64).max(1)];
        for (number, region) in regions.iter().enumerate().filter(|(_, region)| region.0[at] & class != 0) {
            assert_eq!(region.0[at] & class, class, "a class lies in a region or outside");
            bits[number / 64] |= 1 << (number % 64);
        }
        bits
    };
    let of = |(at, classes): (usize, &Vec<Mask>)| classes.iter().map(|class| bits(at, *class)).collect();
    classes.iter().enumerate().map(of).collect()
}

/// The regions that take a cell.
fn common(holders: &[Vec<Bits>], cell: &[usize]) -> Bits {
    let mut common = holders[0][cell[0]].clone();
    for (holders, class) in holders.iter().zip(cell).skip(1) {
        common.iter_mut().zip(&holders[*class]).for_each(|(word, other)| *word &= other);
    }
    common
}

/// Every choice of one of each.
fn product(of: &[Vec<usize>]) -> impl Iterator<Item = Vec<usize>> {
    let count: usize = of.iter().map(Vec::len).product();
    (0..count).map(move |mut number| {
        let mut choice = Vec::with_capacity(of.len());
        for values in of {
            choice.push(values[number % values.len()]);
            number /= values.len();
        }
        choice
    })
}

#[test]
fn a_difference_of_a_total_and_its_parts_is_found() {
    let region = |units: Mask, kinds: Mask| Region(vec![units, kinds]);
    let told = [(region(0b111, 0b11), 20), (region(0b001, 0b11), 9), (region(0b010, 0b11), 8)];
    let system = System::of(&[3, 2], &told, &[]);
    assert_eq!(system.follows(&region(0b100, 0b11)), Some(3));
    assert_eq!(system.follows(&region(0b100, 0b01)), None);
    let system = System::of(&[3, 2], &told, &[region(0b100, 0b10)]);
    assert_eq!(system.follows(&region(0b100, 0b01)), Some(3), "all of it is of the first kind");
}
