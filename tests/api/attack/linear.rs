//! Linear equations over the rationals, exactly: what follows from them and what does not.

use std::collections::BTreeMap;

use num_rational::Ratio;

pub type Number = Ratio<i128>;
/// Coefficients by the number of the unknown; none is 0.
pub type Row = BTreeMap<usize, Number>;

/// Equations in echelon form: each begins with an unknown with which no other begins.
#[derive(Default)]
pub struct Echelon(BTreeMap<usize, (Row, Number)>);

impl Echelon {
    /// Adds an equation: the sum of these unknowns is `value`.
    pub fn add(&mut self, unknowns: impl IntoIterator<Item = usize>, value: i64) {
        let row: Row = unknowns.into_iter().map(|unknown| (unknown, Number::from_integer(1))).collect();
        let (mut row, mut value) = self.reduced(row, Number::from_integer(i128::from(value)));
        let Some((&pivot, &head)) = row.first_key_value() else {
            assert_eq!(value, Number::from_integer(0), "what is told does not contradict itself");
            return;
        };
        row.values_mut().for_each(|factor| *factor /= head);
        value /= head;
        self.0.insert(pivot, (row, value));
    }

    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// What the sum of these unknowns is, if it follows from the equations.
    pub fn follows(&self, unknowns: impl IntoIterator<Item = usize>) -> Option<Number> {
        let row: Row = unknowns.into_iter().map(|unknown| (unknown, Number::from_integer(1))).collect();
        let (row, value) = self.reduced(row, Number::from_integer(0));
        row.is_empty().then(|| -value)
    }

    /// What is left of an equation when those there are have been taken out of it.
    fn reduced(&self, mut row: Row, mut value: Number) -> (Row, Number) {
        let mut after = 0;
        while let Some((&unknown, &factor)) = row.range(after..).next() {
            after = unknown + 1;
            let Some((known, sum)) = self.0.get(&unknown) else {
                continue;
            };
            for (other, times) in known {
                let left = row.entry(*other).or_default();
                *left -= factor * times;
                if *left == Number::from_integer(0) {
                    row.remove(other);
                }
            }
            value -= factor * sum;
        }
        (row, value)
    }
}

#[test]
fn sums_and_differences_follow_and_nothing_else_does() {
    let mut known = Echelon::default();
    known.add([0, 1, 2], 12);
    known.add([2, 3], 9);
    known.add([0, 1, 3], 7);
    assert_eq!(known.rank(), 3);
    assert_eq!(known.follows([2]), Some(Number::from_integer(7)));
    assert_eq!(known.follows([0, 1]), Some(Number::from_integer(5)));
    assert_eq!(known.follows([0]), None);
}
