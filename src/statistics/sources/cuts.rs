//! Cuts: the days between which it makes no difference to a question when something happened, so that
//! the database adds up what lies between two of them.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::sql_types::{Integer, Nullable};

use crate::statistics::period::Slot;
use crate::types::{Day, sql};

/// More cuts than this make a statement too long: then each day is told by itself.
const MOST: usize = 400;

/// The days on which a slot begins, or the next after it; and what lies before the first as one.
#[derive(Clone, Debug)]
pub struct Cuts {
    days: Vec<Day>,
    /// Whether each day from the first to the last counts by itself.
    each: bool,
}

/// When something was, as the database tells it: the number of the stretch, and the day itself where
/// each counts. Neither, where it was after all that is read.
pub type At = (Option<i32>, Option<Day>);

/// From when to when something stood.
pub type Stood = (At, At);

impl Cuts {
    /// The cuts of all slots; none without slots.
    pub fn of(slots: &[Slot], each: bool) -> Option<Self> {
        let ends = slots.iter().flat_map(|slot| [slot.range.from, slot.range.to.plus(1)]);
        let mut days: Vec<Day> = ends.collect();
        days.sort_unstable();
        days.dedup();
        let each = each || days.len() > MOST;
        (!days.is_empty()).then_some(Self { days, each })
    }

    /// The first day that is read.
    pub fn first(&self) -> Day {
        self.days.first().copied().unwrap_or(Day::FIRST)
    }

    /// The day after the last that is read.
    pub fn end(&self) -> Day {
        self.days.last().copied().unwrap_or(Day::FIRST)
    }

    /// Whether each day counts by itself.
    pub const fn each(&self) -> bool {
        self.each
    }

    /// Which of both columns that tell when something was differ at all.
    pub const fn differ(&self) -> [bool; 2] {
        [true, self.each]
    }

    /// The number of the stretch in which a column lies: 0 before the first cut, none after the last.
    pub fn number(&self, column: &str, written: impl Fn(Day) -> String) -> String {
        let ends = [self.first(), self.end()];
        let days = if self.each { &ends[..] } else { &self.days[..] };
        halved(column, days, 0, true, &written)
    }

    /// Both columns that tell when something was, of a column or an expression over days.
    pub fn at(&self, column: &str) -> (Literal<Nullable<Integer>>, Literal<Nullable<sql::Day>>) {
        let (number, itself) = self.expressions(column);
        (literal(&number), literal(&itself))
    }

    /// The same as they are written.
    pub fn expressions(&self, column: &str) -> (String, String) {
        let within = format!("{column} >= {} AND {column} < {}", day(self.first()), day(self.end()));
        let itself = match self.each {
            true => format!("CASE WHEN {within} THEN {column} END"),
            false => "CAST(NULL AS date)".to_owned(),
        };
        (self.number(column, day), itself)
    }

    /// A day that stands for all of its stretch; none after the last.
    pub fn read(&self, (number, itself): At) -> Option<Day> {
        let number = usize::try_from(number?).ok()?;
        match (number.checked_sub(1), itself) {
            (None, _) => Some(self.first().plus(-1)),
            (Some(_), Some(day)) => Some(day),
            (Some(at), None) => self.days.get(at).copied(),
        }
    }
}

fn day(day: Day) -> String {
    format!("'{day}'")
}

/// Finds the stretch by halves: a long list of cuts costs few comparisons. What lies after the last cut
/// is in none where that is `open`.
fn halved(column: &str, days: &[Day], passed: usize, open: bool, written: &impl Fn(Day) -> String) -> String {
    let (before, after) = days.split_at(days.len() / 2);
    match after.split_first() {
        None if open => "NULL".to_owned(),
        None => passed.to_string(),
        Some((middle, after)) => {
            let below = halved(column, before, passed, false, written);
            let above = halved(column, after, passed + before.len() + 1, open, written);
            format!("CASE WHEN {column} < {} THEN {below} ELSE {above} END", written(*middle))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::period::{Calendar, Grain};

    fn cuts(each: bool) -> Cuts {
        let calendar = Calendar::starting_on(1);
        let period = calendar.period("2024-Q1").expect("a period");
        Cuts::of(&calendar.slots(period, Some(Grain::Month)), each).expect("slots")
    }

    #[test]
    fn a_column_is_compared_with_few_cuts() {
        assert_eq!(
            cuts(false).number("d", day),
            "CASE WHEN d < '2024-03-01' THEN CASE WHEN d < '2024-02-01' THEN CASE WHEN d < '2024-01-01' THEN 0 ELSE 1 END \
             ELSE 2 END ELSE CASE WHEN d < '2024-04-01' THEN 3 ELSE NULL END END"
        );
        assert_eq!(
            cuts(true).number("d", day),
            "CASE WHEN d < '2024-04-01' THEN CASE WHEN d < '2024-01-01' THEN 0 ELSE 1 END ELSE NULL END"
        );
    }

    #[test]
    fn a_stretch_is_told_by_its_first_day() {
        let (cuts, each) = (cuts(false), cuts(true));
        let told = |at| cuts.read(at).map(|day| day.to_string());
        assert_eq!(told((Some(0), None)).as_deref(), Some("2023-12-31"));
        assert_eq!(told((Some(2), None)).as_deref(), Some("2024-02-01"));
        assert_eq!(told((None, None)), None);
        let itself = Day::new(2024, 2, 10);
        assert_eq!(each.read((Some(1), itself)), itself);
    }
}
