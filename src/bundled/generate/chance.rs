//! Chance that can be had again: the same seed, kind and number give the same choices on every machine
//! and in every version. What must not come in: any source of real randomness.

use crate::types::{Id, Moment};

/// What is chosen for, so that records of two kinds with one number have nothing in common.
#[derive(Clone, Copy)]
pub enum Kind {
    Place = 1,
    Model,
    Activity,
    Incident,
    Member,
    ModelType,
    Commendation,
}

/// A row of choices: SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Chance(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Chance {
    /// The choices for the `number`th of a kind. They do not depend on how many others there are.
    pub fn of(seed: u64, kind: Kind, number: u64) -> Self {
        let mut start = Self(seed.wrapping_add((kind as u64).wrapping_mul(GOLDEN)));
        let mixed = start.next() ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        Self(Self(mixed).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to and without 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From `least` up to `most`, both included.
    pub fn within(&mut self, least: i64, most: i64) -> i64 {
        let room = (most.saturating_sub(least)).max(0) as u64 + 1;
        least + ((u128::from(self.next()) * u128::from(room)) >> 64) as i64
    }

    /// True in this share of cases.
    pub fn happens(&mut self, share: f64) -> bool {
        self.part() < share
    }

    /// One of some things.
    pub fn one<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let last = of.len().checked_sub(1)?;
        of.get(self.within(0, last as i64) as usize)
    }

    /// An identifier of that moment.
    pub fn id<R>(&mut self, at: Moment) -> Id<R> {
        let mut bits = [0; 10];
        let (first, second) = (self.next().to_le_bytes(), self.next().to_le_bytes());
        bits[..8].copy_from_slice(&first);
        bits[8..].copy_from_slice(&second[..2]);
        Id::settled(at, bits)
    }
}

/// Things of different weight to choose from.
pub struct Wheel<T> {
    things: Vec<T>,
    ends: Vec<f64>,
}

impl<T> Wheel<T> {
    pub fn of(weighed: impl IntoIterator<Item = (T, f64)>) -> Self {
        let mut wheel = Self { things: Vec::new(), ends: Vec::new() };
        let mut end = 0.0;
        for (thing, weight) in weighed {
            end += weight;
            wheel.things.push(thing);
            wheel.ends.push(end);
        }
        wheel
    }

    /// The thing at a share, from 0 to 1, of the whole weight, and what share of the thing that is.
    pub fn at(&self, share: f64) -> Option<(&T, f64)> {
        let sought = share * self.ends.last()?;
        let place = self.ends.partition_point(|end| *end <= sought).min(self.ends.len() - 1);
        let begin = place.checked_sub(1).map_or(0.0, |before| self.ends[before]);
        let part = (sought - begin) / (self.ends[place] - begin);
        Some((&self.things[place], part.clamp(0.0, 1.0)))
    }

    pub fn turn(&self, chance: &mut Chance) -> Option<&T> {
        self.at(chance.part()).map(|(thing, _)| thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_are_those_of_the_published_generator() {
        let mut chance = Chance(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| chance.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_wheel_gives_to_each_what_it_weighs() {
        let wheel = Wheel::of([("light", 1.0), ("never", 0.0), ("heavy", 3.0)]);
        let mut chance = Chance::of(1, Kind::Place, 1);
        let heavy = (0..10_000).filter(|_| wheel.turn(&mut chance) == Some(&"heavy")).count();
        assert!((7_300..7_700).contains(&heavy), "{heavy}");
        assert!((0..1000).all(|n| wheel.at(f64::from(n) / 1000.0).map(|(thing, _)| *thing) != Some("never")));
        assert_eq!(Wheel::<u8>::of([]).at(0.5), None);
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut chance = Chance::of(7, Kind::Model, 3);
        let drawn: Vec<i64> = (0..1000).map(|_| chance.within(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
    }
}
