//! The calendar of reports, counted day by day: nothing here is shared with the service.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::Offset;

/// What a report calls the dimensions of time.
pub const OF_TIME: &[&str] = &["month", "quarter", "year"];

/// A stretch of days and what a key calls it.
#[derive(Clone, Debug)]
pub struct Slot {
    pub names: BTreeMap<String, String>,
    pub first: Date,
    pub last: Date,
}

impl Slot {
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// The day that a moment lies in, in Vietnam: seven hours ahead, all year.
pub fn day_of(moment: &str) -> Date {
    let moment: Timestamp = moment.parse().expect("the service writes moments by RFC 3339");
    Offset::constant(7).to_datetime(moment).date()
}

/// Year and month to which a day counts, where months begin on the day `start`.
fn month_of(day: Date, start: i8) -> (i16, i8) {
    match (start > 1 && day.day() >= start, day.month()) {
        (false, month) => (day.year(), month),
        (true, 12) => (day.year() + 1, 1),
        (true, month) => (day.year(), month + 1),
    }
}

/// What a dimension of time calls a day.
fn called(grain: &str, (year, month): (i16, i8)) -> String {
    match grain {
        "month" => format!("{year:04}-{month:02}"),
        "quarter" => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
        _ => format!("{year:04}"),
    }
}

/// All days that count to `2023`, `2023-H1`, `2023-Q2` or `2023-06`: the first and the last.
pub fn period(text: &str, start: i8) -> (Date, Date) {
    let year: i16 = text[..4].parse().expect("a year");
    let counts = |(of, month): (i16, i8)| {
        let half = format!("{of:04}-H{}", (month - 1) / 6 + 1);
        let names = [called("year", (of, month)), half, called("quarter", (of, month)), called("month", (of, month))];
        names.contains(&text.to_owned())
    };
    let days = days(date(year - 1, 12, 1), date(year + 1, 1, 31)).filter(|day| counts(month_of(*day, start)));
    let days: Vec<Date> = days.collect();
    (days[0], days[days.len() - 1])
}

fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(jiff::Span::new().days(1)).take_while(move |day| *day <= last)
}

/// Cuts a period by the dimensions of time that a breakdown has: one slot where it has none.
pub fn slots(first: Date, last: Date, by: &[&str], start: i8) -> Vec<Slot> {
    let grains: Vec<&str> = by.iter().copied().filter(|dimension| OF_TIME.contains(dimension)).collect();
    let names = |day: Date| -> BTreeMap<String, String> {
        grains.iter().map(|grain| ((*grain).to_owned(), called(grain, month_of(day, start)))).collect()
    };
    let mut slots: Vec<Slot> = Vec::new();
    for day in days(first, last) {
        let names = names(day);
        match slots.last_mut().filter(|slot| slot.names == names) {
            Some(slot) => slot.last = day,
            None => slots.push(Slot { names, first: day, last: day }),
        }
    }
    slots
}
