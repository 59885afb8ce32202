//! Numbers as Vietnamese people write them: `1.080` is one thousand and eighty. A comma is no part of a
//! whole number: it separates thousands for some and decimals for others.

use serde_json::Value;

use super::super::fault::Wrong;
use super::super::read::Cell;

/// Whole numbers up to here are exact in a spreadsheet.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub fn whole(cell: &Cell) -> Result<Value, Wrong> {
    match cell {
        Cell::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT => Ok(Value::from(*number as i64)),
        Cell::Text(text) => grouped(text.trim()).map(Value::from),
        _ => Err(not_whole()),
    }
}

fn not_whole() -> Wrong {
    Wrong::new("not-whole", "This is not a whole number.", "Không phải số nguyên.")
}

/// Digits, or groups of three of them with points or spaces between.
fn grouped(text: &str) -> Result<i64, Wrong> {
    if text.contains(',') {
        return Err(Wrong::new(
            "ambiguous-number",
            "A comma can be read in two ways. Write 1080 or 1.080.",
            "Dấu phẩy có thể hiểu hai cách. Hãy ghi 1080 hoặc 1.080.",
        ));
    }
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let separator = digits.chars().find(|c| !c.is_ascii_digit());
    let plain: String = match separator {
        None => digits.to_owned(),
        Some(mark @ ('.' | ' ' | '\u{A0}' | '\u{202F}')) => {
            let groups: Vec<&str> = digits.split(mark).collect();
            let fits = |(place, group): (usize, &&str)| match place {
                0 => (1..=3).contains(&group.len()),
                _ => group.len() == 3,
            };
            match groups.iter().enumerate().all(fits) {
                true => groups.concat(),
                false => return Err(not_whole()),
            }
        }
        Some(_) => return Err(not_whole()),
    };
    match plain.chars().all(|c| c.is_ascii_digit()) {
        true => plain.parse::<i64>().map(|number| sign * number).map_err(|_| not_whole()),
        false => Err(not_whole()),
    }
}

/// Degrees with a decimal point or comma, and no groups: there are at most 180 of them.
pub fn degrees(cell: &Cell) -> Result<Value, Wrong> {
    let number = match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => decimal(text.trim()),
        _ => None,
    };
    let number = number.filter(|number| number.is_finite());
    number.map(Value::from).ok_or_else(|| Wrong::new("number", "This is not a number.", "Không phải số."))
}

fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let marks = digits.chars().filter(|c| !c.is_ascii_digit()).count();
    match plain && marks <= 1 && digits.len() > marks {
        true => text.replace(',', ".").parse().ok(),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_are_read_as_written_in_vietnam_and_never_guessed() {
        for (text, expected) in [
            ("1.080", 1080),
            ("1080", 1080),
            ("1.080.000", 1_080_000),
            ("12 500", 12_500),
            ("0", 0),
            ("-3", -3),
            ("007", 7),
        ] {
            assert_eq!(grouped(text), Ok(expected), "{text}");
        }
        for text in ["1,080", "1,5", "1.080,5", "1,080,000"] {
            assert_eq!(grouped(text).expect_err("it is ambiguous").code, "ambiguous-number", "{text}");
        }
        for text in ["1.08", "1.0800", "1.080 000", ".080", "1.", "", "-", "1e3", "0x10", "một", "٣", "1080.000"] {
            assert_eq!(grouped(text).expect_err("it is none").code, "not-whole", "{text}");
        }
        assert_eq!(whole(&Cell::Number(1080.0)), Ok(json!(1080)));
        assert!(whole(&Cell::Number(1.08)).is_err() && whole(&Cell::Number(f64::NAN)).is_err());
    }

    #[test]
    fn degrees_take_a_point_or_a_comma() {
        for text in ["15.8794", "15,8794"] {
            assert_eq!(decimal(text), Some(15.8794));
        }
        for text in ["1.080,5", "15.8.7", "", ".", "-", "inf", "1e3", "15 8"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn grouping_changes_nothing(number in 0_i64..1_000_000_000_000) {
            let digits = number.to_string();
            let mut written = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place) % 3 == 0 {
                    written.push('.');
                }
                written.push(digit);
            }
            prop_assert_eq!(grouped(&written), Ok(number));
        }
    }
}
