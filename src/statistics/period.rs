//! Periods: official reports count months that need not begin on the 1st, so a month here is a
//! number and a calendar says on which days it begins and ends. Pure.

use jiff::ToSpan;

use crate::types::Day;

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    pub from: Day,
    pub to: Day,
}

impl Range {
    /// Whether any of its days lies in a year.
    pub fn touches(self, year: i32) -> bool {
        (i32::from(self.from.date().year())..=i32::from(self.to.date().year())).contains(&year)
    }

    fn days(self) -> i32 {
        (self.to.date().duration_since(self.from.date()).as_hours() / 24) as i32 + 1
    }
}

/// How a period is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    Month,
    Quarter,
    Year,
}

impl Grain {
    const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

/// One part of a period, by which a figure is read: the whole of it where it is not cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub range: Range,
    /// The month in which it begins, counted from year 0.
    pub month: i32,
}

impl Slot {
    pub const fn year(self) -> i32 {
        self.month.div_euclid(12)
    }

    /// From 1 to 4.
    pub const fn quarter_of_year(self) -> i32 {
        self.month.rem_euclid(12) / 3 + 1
    }

    /// From 1 to 12.
    pub const fn month_of_year(self) -> i32 {
        self.month.rem_euclid(12) + 1
    }
}

/// With what a figure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The period of the same length directly before.
    Before,
    /// The same period of the year before.
    LastYear,
}

/// The day of the month on which months begin: 1, or up to 28. With 15, June runs from 15 May to
/// 14 June.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    start: i8,
}

impl Calendar {
    pub const fn starting_on(day: i8) -> Self {
        Self { start: day }
    }

    /// Reads `2023`, `2023-H1`, `2023-Q2` or `2023-06`.
    pub fn period(self, text: &str) -> Option<Range> {
        let year: i32 = text.get(..4)?.parse().ok()?;
        let (offset, count) = match text.get(4..)? {
            "" => (0, 12),
            part => part_of_year(part.strip_prefix('-')?)?,
        };
        let first = year * 12 + offset;
        Some(Range { from: self.first_of(first), to: self.last_of(first + count - 1) })
    }

    /// Cuts a period into slots, the first and the last clipped to it.
    pub fn slots(self, period: Range, grain: Option<Grain>) -> Vec<Slot> {
        let Some(grain) = grain else {
            return vec![Slot { range: period, month: self.month_of(period.from) }];
        };
        let length = grain.months();
        let begin = |day| self.month_of(day).div_euclid(length) * length;
        let months = (begin(period.from)..=begin(period.to)).step_by(length as usize);
        let slot = |month| Slot {
            range: Range {
                from: self.first_of(month).max(period.from),
                to: self.last_of(month + length - 1).min(period.to),
            },
            month,
        };
        months.map(slot).collect()
    }

    /// The days with which a slot is compared: whole months with whole months, days with days.
    pub fn compared(self, slot: Slot, grain: Option<Grain>, against: Against) -> Slot {
        let range = slot.range;
        let months = match (against, grain) {
            (Against::LastYear, _) => Some(12),
            (Against::Before, Some(grain)) => Some(grain.months()),
            (Against::Before, None) => self.whole_months(range),
        };
        let earlier = match months {
            Some(months) => self.earlier(range, months),
            None => Range { from: range.from.plus(-range.days()), to: range.from.plus(-1) },
        };
        let earlier = Range { from: since(earlier.from), to: since(earlier.to) };
        Slot { range: earlier, month: self.month_of(earlier.from) }
    }

    /// How many months a period is, if it is whole ones.
    fn whole_months(self, range: Range) -> Option<i32> {
        let (first, last) = (self.month_of(range.from), self.month_of(range.to));
        let whole = self.first_of(first) == range.from && self.last_of(last) == range.to;
        whole.then_some(last - first + 1)
    }

    /// Where a month begins or ends, that of another month does too, however long it is.
    fn earlier(self, range: Range, months: i32) -> Range {
        let (first, last) = (self.month_of(range.from), self.month_of(range.to));
        Range {
            from: match self.first_of(first) == range.from {
                true => self.first_of(first - months),
                false => back(range.from, months),
            },
            to: match self.last_of(last) == range.to {
                true => self.last_of(last - months),
                false => back(range.to, months),
            },
        }
    }

    fn month_of(self, day: Day) -> i32 {
        let date = day.date();
        let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
        if self.start > 1 && date.day() >= self.start { month + 1 } else { month }
    }

    fn first_of(self, month: i32) -> Day {
        let named = if self.start > 1 { month - 1 } else { month };
        day(named, self.start)
    }

    fn last_of(self, month: i32) -> Day {
        match self.start {
            1 => {
                let last = day(month, 1).date().last_of_month();
                Day::new(last.year(), last.month(), last.day()).unwrap_or(Day::FIRST)
            }
            start => day(month, start - 1),
        }
    }
}

fn number(text: &str) -> Option<i32> {
    text.parse().ok()
}

/// First month and number of months of a part of a year.
fn part_of_year(part: &str) -> Option<(i32, i32)> {
    let (offset, count) = match part.split_at_checked(1)? {
        ("H", half) => ((number(half)? - 1) * 6, 6),
        ("Q", quarter) => ((number(quarter)? - 1) * 3, 3),
        _ => (number(part)? - 1, 1),
    };
    (0..12).contains(&offset).then_some((offset, count))
}

/// A day of a month; before the calendar's first day there is nothing to count.
fn day(month: i32, day: i8) -> Day {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or(i16::MIN);
    let month = month.rem_euclid(12) as i8 + 1;
    Day::new(year, month, day).unwrap_or(Day::FIRST)
}

/// A day of the calendar, which begins in year 1: what has no year that can be written is its first day.
fn since(day: Day) -> Day {
    day.max(Day::FIRST)
}

/// The same day of an earlier month, or its last where it has no such day.
fn back(from: Day, months: i32) -> Day {
    let date = from.date().saturating_sub(months.months());
    Day::new(date.year(), date.month(), date.day()).unwrap_or(Day::FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(from: &str, to: &str) -> Range {
        Range { from: from.parse().expect("a day"), to: to.parse().expect("a day") }
    }

    fn read(start: i8, text: &str) -> Option<Range> {
        Calendar::starting_on(start).period(text)
    }

    #[test]
    fn a_period_is_a_year_a_half_a_quarter_or_a_month() {
        assert_eq!(read(1, "2023"), Some(range("2023-01-01", "2023-12-31")));
        assert_eq!(read(1, "2023-H1"), Some(range("2023-01-01", "2023-06-30")));
        assert_eq!(read(1, "2023-H2"), Some(range("2023-07-01", "2023-12-31")));
        assert_eq!(read(1, "2023-Q4"), Some(range("2023-10-01", "2023-12-31")));
        assert_eq!(read(1, "2024-02"), Some(range("2024-02-01", "2024-02-29")));
        assert_eq!(read(1, "9999-12"), Some(range("9999-12-01", "9999-12-31")));
        for wrong in ["", "23", "2023-", "2023-H3", "2023-H0", "2023-Q5", "2023-13", "2023-00", "2023-Qx", "2023é"] {
            assert_eq!(read(1, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_of_official_reports_begin_in_the_month_before() {
        assert_eq!(read(15, "2023"), Some(range("2022-12-15", "2023-12-14")));
        assert_eq!(read(15, "2023-H2"), Some(range("2023-06-15", "2023-12-14")));
        assert_eq!(read(15, "2023-Q1"), Some(range("2022-12-15", "2023-03-14")));
        assert_eq!(read(15, "2023-06"), Some(range("2023-05-15", "2023-06-14")));
        assert_eq!(read(2, "2023-01"), Some(range("2022-12-02", "2023-01-01")));
    }

    #[test]
    fn the_first_and_last_slot_are_clipped_to_the_period() {
        let calendar = Calendar::starting_on(1);
        let slots = calendar.slots(range("2023-01-20", "2023-03-10"), Some(Grain::Month));
        let ranges: Vec<Range> = slots.iter().map(|s| s.range).collect();
        let expected = [("2023-01-20", "2023-01-31"), ("2023-02-01", "2023-02-28"), ("2023-03-01", "2023-03-10")];
        assert_eq!(ranges, expected.map(|(from, to)| range(from, to)));
        let by_quarter = calendar.slots(range("2023-03-31", "2023-04-01"), Some(Grain::Quarter));
        assert_eq!(by_quarter.iter().map(|s| s.quarter_of_year()).collect::<Vec<_>>(), [1, 2]);
        let official = Calendar::starting_on(15).slots(range("2022-12-15", "2023-12-14"), Some(Grain::Year));
        assert_eq!(official.iter().map(|s| s.year()).collect::<Vec<_>>(), [2023]);
    }

    #[test]
    fn whole_months_are_compared_with_whole_months_and_days_with_days() {
        let compare = |start, grain, of: Range, against| {
            let calendar = Calendar::starting_on(start);
            calendar.compared(calendar.slots(of, None)[0], grain, against).range
        };
        let half = range("2024-01-01", "2024-06-30");
        assert_eq!(compare(1, None, half, Against::Before), range("2023-07-01", "2023-12-31"));
        assert_eq!(compare(1, None, half, Against::LastYear), range("2023-01-01", "2023-06-30"));
        let official = range("2022-12-15", "2023-12-14");
        assert_eq!(compare(15, None, official, Against::Before), range("2021-12-15", "2022-12-14"));
        let days = range("2024-03-05", "2024-03-09");
        assert_eq!(compare(1, None, days, Against::Before), range("2024-02-29", "2024-03-04"));
        let leap = range("2024-02-10", "2024-02-29");
        assert_eq!(compare(1, None, leap, Against::LastYear), range("2023-02-10", "2023-02-28"));
        let march = range("2024-03-01", "2024-03-31");
        assert_eq!(compare(1, Some(Grain::Month), march, Against::Before), range("2024-02-01", "2024-02-29"));
    }

    #[test]
    fn before_the_first_day_of_the_calendar_there_is_none() {
        let before = |of: Range| {
            let calendar = Calendar::starting_on(1);
            calendar.compared(calendar.slots(of, None)[0], None, Against::Before).range
        };
        assert_eq!(before(range("1000-01-02", "2023-01-01")), range("0001-01-01", "1000-01-01"));
        assert_eq!(before(range("1000-01-01", "2023-12-31")), range("0001-01-01", "0999-12-31"));
        assert_eq!(before(range("0001-01-01", "9999-12-30")), range("0001-01-01", "0001-01-01"));
        assert_eq!(before(range("0001-01-01", "2023-12-31")), range("0001-01-01", "0001-01-01"));
    }

    proptest! {
        #[test]
        fn slots_cover_the_period_without_gap_or_overlap(
            start in 1i8..=28, offset in 0i32..20_000, length in 0i32..2_000, which in 0usize..3
        ) {
            let from = Day::new(1990, 1, 1).expect("a day").plus(offset);
            let period = Range { from, to: from.plus(length) };
            let grain = [Grain::Month, Grain::Quarter, Grain::Year][which];
            let slots = Calendar::starting_on(start).slots(period, Some(grain));
            prop_assert_eq!(slots[0].range.from, period.from);
            prop_assert_eq!(slots[slots.len() - 1].range.to, period.to);
            for pair in slots.windows(2) {
                prop_assert_eq!(pair[0].range.to.plus(1), pair[1].range.from);
                prop_assert_eq!(pair[0].month + grain.months(), pair[1].month);
            }
        }

        #[test]
        fn a_period_is_the_slot_of_its_own_name(start in 1i8..=28, year in 1900i32..2100, month in 1i32..=12) {
            let calendar = Calendar::starting_on(start);
            let period = calendar.period(&format!("{year}-{month:02}")).expect("a month");
            let slots = calendar.slots(period, Some(Grain::Month));
            prop_assert_eq!(slots.len(), 1);
            prop_assert_eq!((slots[0].year(), slots[0].month_of_year()), (year, month));
        }
    }
}
