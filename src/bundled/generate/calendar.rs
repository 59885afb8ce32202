//! When things happen: days and hours that weigh differently, so that the year has its seasons.

use super::chance::Wheel;
use crate::types::{Day, Moment};

/// Days to fill with events, in order.
pub struct Calendar {
    days: Wheel<Day>,
    hours: Wheel<i64>,
}

/// How much of a day's events falls into each of its hours.
const HOURS: [f64; 24] = [
    2.6, 2.0, 1.6, 1.3, 1.2, 1.6, 2.6, 3.8, 4.6, 4.9, 4.9, 4.6, 3.8, 3.9, 4.5, 4.9, 5.3, 5.9, 6.4, 6.9, 7.0, 6.4, 5.2,
    4.1,
];

impl Calendar {
    /// The days from `first` to `last`, each as heavy as told.
    pub fn new(first: Day, last: Day, weight: impl Fn(Day) -> f64) -> Self {
        let days = (0..=last.since(first)).map(|n| first.plus(n));
        Self { days: Wheel::of(days.map(|day| (day, weight(day)))), hours: Wheel::of((0..24).zip(HOURS)) }
    }

    /// The day at a share of all events.
    pub fn day(&self, share: f64) -> Day {
        self.days.at(share).map_or(Day::FIRST, |(day, _)| *day)
    }

    /// The moment, to the minute, at a share of all events: later shares never come earlier.
    pub fn moment(&self, share: f64) -> Moment {
        let (day, rest) = self.days.at(share).map_or((Day::FIRST, 0.0), |(day, rest)| (*day, rest));
        let (hour, rest) = self.hours.at(rest).map_or((0, 0.0), |(hour, rest)| (*hour, rest));
        let minute = ((rest * 60.0) as i64).min(59);
        day.start().plus_seconds(hour * 3600 + minute * 60)
    }
}

/// How heavy a day is for incidents: weekends and the weeks around Tết more, 2021 with its lockdowns less.
pub fn incidents(day: Day) -> f64 {
    let date = day.date();
    let year = match date.year() {
        ..=2021 => 0.82,
        2022 => 0.95,
        2023 => 1.02,
        2024 => 1.05,
        _ => 1.0,
    };
    let month = match date.month() {
        1 => 1.12,
        2 => 1.08,
        6 | 7 => 1.06,
        9 | 10 => 0.93,
        12 => 1.1,
        _ => 1.0,
    };
    let locked = date.year() == 2021 && (6..=9).contains(&date.month());
    let weekday = match date.weekday().to_monday_zero_offset() {
        4 => 1.08,
        5 => 1.22,
        6 => 1.15,
        _ => 0.94,
    };
    year * month * weekday * if locked { 0.6 } else { 1.0 }
}

/// How heavy a day is for activities: working days, campaigns in spring and autumn.
pub fn activities(day: Day) -> f64 {
    let date = day.date();
    let campaign = matches!(date.month(), 3 | 7 | 8 | 10 | 11);
    let weekend = date.weekday().to_monday_zero_offset() >= 5;
    (if campaign { 1.5 } else { 0.9 }) * (if weekend { 0.35 } else { 1.0 })
}

/// How heavy a day is for the founding of models: more every year.
pub fn foundings(day: Day) -> f64 {
    0.4 + 0.12 * f64::from(day.date().year() - 2012).max(0.0)
}
