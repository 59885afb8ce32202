//! The scale of a value axis, and numbers as readers of a language write them.

use crate::http::Language;

/// An axis from 0 to `top`, with a tick every `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub top: f64,
    step: f64,
    /// By what ticks are divided, so that they stay short.
    unit: f64,
}

impl Scale {
    /// An axis that holds every value, with about five round ticks; no two read alike.
    pub fn over(values: impl Iterator<Item = f64>) -> Self {
        let largest = values.fold(0.0, f64::max).max(1.0);
        let rough = largest / 5.0;
        let power = 10f64.powi(rough.log10().floor() as i32);
        let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= rough).unwrap_or(10.0);
        let step = (round * power).max(1.0);
        let top = (largest / step).ceil() * step;
        let unit = if top >= 5e9 {
            1e9
        } else if top >= 5e6 {
            1e6
        } else {
            1.0
        };
        Self { top, step, unit }
    }

    /// The values at which there are ticks, and how they read.
    pub fn ticks(self, language: Language) -> Vec<(f64, String)> {
        let count = (self.top / self.step).round() as i32;
        let tick = |at: i32| f64::from(at) * self.step;
        (0..=count).map(|at| (tick(at), number(tick(at) / self.unit, language))).collect()
    }

    /// What the axis is called: what is counted, and by what ticks are divided, before the unit if it names one.
    pub fn named(self, counted: &str, language: Language) -> String {
        let words = match self.unit {
            unit if unit >= 1e9 => ("tỷ", "billion"),
            unit if unit >= 1e6 => ("triệu", "million"),
            _ => return counted.to_owned(),
        };
        let word = if language == Language::Vi { words.0 } else { words.1 };
        match counted.rsplit_once('(') {
            Some((name, unit)) => format!("{name}({word} {unit}"),
            None => format!("{counted} ({word})"),
        }
    }

    /// How far along an axis of this length a value lies.
    pub fn along(self, value: f64, length: i32) -> i32 {
        (value.clamp(0.0, self.top) / self.top * f64::from(length)).round() as i32
    }
}

/// `1.080` and `3,5` in Vietnamese, `1,080` and `3.5` in English.
pub fn number(value: f64, language: Language) -> String {
    let (mark, point) = if language == Language::Vi { ('.', ',') } else { (',', '.') };
    let tenths = (value.abs() * 10.0).round();
    let whole = format!("{:.0}", (tenths / 10.0).floor());
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    let rest = (tenths % 10.0) as u8;
    if rest > 0 {
        text.push(point);
        text.push(char::from(b'0' + rest));
    }
    if value < 0.0 && tenths > 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_readers_expect() {
        assert_eq!(number(1_080.0, Language::Vi), "1.080");
        assert_eq!(number(-1_234_567.0, Language::En), "-1,234,567");
        assert_eq!(number(12.0, Language::En), "12");
        assert_eq!((number(3.5, Language::Vi), number(0.0, Language::En)), ("3,5".to_owned(), "0".to_owned()));
    }

    #[test]
    fn ticks_are_round_and_differ() {
        let ticks = |largest: f64| -> Vec<String> {
            let scale = Scale::over([largest].into_iter());
            assert!(scale.top >= largest);
            scale.ticks(Language::En).into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(ticks(0.0), ["0", "1"]);
        assert_eq!(ticks(4.0), ["0", "1", "2", "3", "4"]);
        assert_eq!(ticks(383.0), ["0", "100", "200", "300", "400"]);
        assert_eq!(ticks(30_847_000_000.0), ["0", "10", "20", "30", "40"]);
        let dong = Scale::over([30_847_000_000.0].into_iter());
        assert_eq!(dong.named("Thiệt hại (đồng)", Language::Vi), "Thiệt hại (tỷ đồng)");
        assert_eq!(dong.named("Damage", Language::En), "Damage (billion)");
    }
}
