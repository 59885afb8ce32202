//! Days and moments as Vietnamese people write them: day, month, year, in Vietnamese time. `3/4/2023` is the
//! third of April, since files of this registry are written so; a year of two digits is refused.

use serde_json::Value;

use super::super::fault::Wrong;
use super::super::read::Cell;
use crate::types::{Day, Moment, fold};

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

fn no_date() -> Wrong {
    Wrong::new(
        "date",
        "This is not a date. Write 31/3/2023 or 2023-03-31; in a spreadsheet, format the cell as a date or as text.",
        "Không phải ngày. Hãy ghi 31/3/2023 hoặc 2023-03-31; trong bảng tính, định dạng ô là ngày hoặc văn bản.",
    )
}

fn no_time() -> Wrong {
    Wrong::new(
        "time-missing",
        "This needs a time of day too, e.g. 31/3/2023 9:05 (Vietnamese time).",
        "Cần ghi cả giờ, ví dụ 31/3/2023 9:05 (giờ Việt Nam).",
    )
}

pub fn day(cell: &Cell) -> Result<Value, Wrong> {
    let day = match cell {
        Cell::Text(text) => read_day(text.trim())?,
        Cell::Clock { date: (year, month, day), micros: 0 } => Day::new(*year, *month, *day).ok_or_else(no_date)?,
        Cell::Clock { .. } => {
            return Err(Wrong::new("date", "This is a day without a time.", "Chỉ ghi ngày, không ghi giờ."));
        }
        _ => return Err(no_date()),
    };
    Ok(Value::from(day.to_string()))
}

pub fn moment(cell: &Cell) -> Result<Value, Wrong> {
    let moment = match cell {
        Cell::Text(text) => read_moment(text.trim())?,
        // Midnight is what a spreadsheet has where only a day was typed.
        Cell::Clock { micros: 0, .. } => return Err(no_time()),
        Cell::Clock { date: (year, month, day), micros } => {
            at(Day::new(*year, *month, *day).ok_or_else(no_date)?, *micros)
        }
        _ => return Err(no_date()),
    };
    Ok(Value::from(moment.to_string()))
}

fn at(day: Day, micros: i64) -> Moment {
    Moment::from_micros(day.start().micros() + micros)
}

fn number<T: std::str::FromStr>(text: &str, most: usize) -> Option<T> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn read_day(text: &str) -> Result<Day, Wrong> {
    let spoken = spoken(text);
    let text = spoken.as_deref().unwrap_or(text);
    let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.')).ok_or_else(no_date)?;
    let parts: Vec<&str> = text.split(mark).map(str::trim).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 && mark != '.' => (year, month, day),
        [day, month, year] if year.len() == 4 => (year, month, day),
        [_, _, year] if number::<i16>(year, 2).is_some() => {
            return Err(Wrong::new("ambiguous-date", "Write the year with four digits.", "Hãy ghi năm đủ bốn chữ số."));
        }
        _ => return Err(no_date()),
    };
    let read = (number(year, 4), number(month, 2), number(day, 2));
    match read {
        (Some(year), Some(month), Some(day)) => Day::new(year, month, day).ok_or_else(no_date),
        _ => Err(no_date()),
    }
}

/// `ngày 31 tháng 3 năm 2023` with marks.
fn spoken(text: &str) -> Option<String> {
    let folded = fold(text);
    let (day, rest) = folded.strip_prefix("ngay ").unwrap_or(&folded).split_once(" thang ")?;
    let (month, year) = rest.split_once(" nam ")?;
    Some(format!("{day}/{month}/{year}"))
}

fn read_moment(text: &str) -> Result<Moment, Wrong> {
    if text.len() >= 20
        && text.as_bytes().get(10) == Some(&b'T')
        && let Ok(moment) = text.parse()
    {
        return Ok(moment);
    }
    let mut parts = text.splitn(2, [' ', 'T']).map(str::trim);
    let (Some(first), Some(second)) = (parts.next(), parts.next()) else {
        return Err(if read_day(text).is_ok() { no_time() } else { no_date() });
    };
    let (day, time) = if first.contains(':') || first.contains('h') { (second, first) } else { (first, second) };
    Ok(at(read_day(day)?, read_time(time).ok_or_else(no_time)?))
}

/// `9:05`, `09:05:30`, `09:05:30.25`, `9h05` or `9h`: microseconds of the day.
fn read_time(text: &str) -> Option<i64> {
    let text = text.replace(['h', 'H'], ":");
    let mut parts = text.split(':');
    let hour: i64 = number(parts.next()?, 2)?;
    let minute: i64 = match parts.next()? {
        "" => 0,
        minute => number(minute, 2).filter(|_| minute.len() == 2)?,
    };
    let (second, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            let micros: i64 = number(&format!("{fraction:0<6}"), 6)?;
            (number(whole, 2).filter(|_| whole.len() == 2)?, micros)
        }
    };
    let within = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    let micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
    (within && micros < DAY_MICROS).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn days_are_written_day_first_or_as_in_the_api() {
        for text in [
            "31/3/2023",
            "31/03/2023",
            "31-3-2023",
            "31.3.2023",
            "2023-03-31",
            "2023/3/31",
            " 31 / 3 / 2023 ",
            "ngày 31 tháng 3 năm 2023",
        ] {
            assert_eq!(day(&cell(text)), Ok(Value::from("2023-03-31")), "{text}");
        }
        assert_eq!(day(&cell("3/4/2023")), Ok(Value::from("2023-04-03")));
        assert_eq!(day(&cell("31/3/23")).expect_err("it is ambiguous").code, "ambiguous-date");
        for text in ["3/31/2023", "30/2/2023", "2023", "45016", "31/3", "", "31/3/2023/1", "٣/3/2023", "3/2023"] {
            assert_eq!(day(&cell(text)).expect_err("it is none").code, "date", "{text}");
        }
        assert_eq!(day(&Cell::Clock { date: (2023, 3, 31), micros: 0 }), Ok(Value::from("2023-03-31")));
        assert!(day(&Cell::Number(45016.0)).is_err());
    }

    #[test]
    fn moments_are_vietnamese_time_unless_they_say_otherwise() {
        for text in [
            "2023-03-31T02:05:00Z",
            "2023-03-31T09:05:00+07:00",
            "31/3/2023 9:05",
            "31/3/2023 09:05:00",
            "9:05 31/3/2023",
            "9h05 31/3/2023",
            "2023-03-31 09:05",
            "2023-03-31T09:05",
        ] {
            assert_eq!(moment(&cell(text)), Ok(Value::from("2023-03-31T02:05:00Z")), "{text}");
        }
        let exact = moment(&cell("2023-03-31 09:05:00.000001"));
        assert_eq!(exact, Ok(Value::from("2023-03-31T02:05:00.000001Z")));
        for text in ["31/3/2023", "31/3/2023 25:00", "31/3/2023 9", "31/3/2023 9:5"] {
            assert_eq!(moment(&cell(text)).expect_err("no time").code, "time-missing", "{text}");
        }
        assert!(moment(&Cell::Clock { date: (2023, 3, 31), micros: 0 }).is_err());
        let clock = Cell::Clock { date: (2023, 3, 31), micros: 9 * 3_600_000_000 };
        assert_eq!(moment(&clock), Ok(Value::from("2023-03-31T02:00:00Z")));
    }
}
