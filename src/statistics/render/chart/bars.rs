//! Bars, lying one below the other, each with its name before it and its number behind.

use plotters::prelude::{BLACK, Color, Rectangle};
use plotters::style::text_anchor::HPos;

use super::scale::{Scale, number};
use super::{
    Area, COLOURS, Chart, FAINT, GREY, MARGIN, MOST_SERIES, Painted, Shown, WIDTH, line, pick, shortened, style, wide,
    write,
};
use crate::http::Language;

/// Above and below the bars: what the places are, the ticks, what is counted.
const ABOVE: i32 = 30;
const BELOW: i32 = 76;
const GAP: i32 = 10;
/// For the number behind the longest bar.
const BEHIND: i32 = 150;

const fn thick(chart: &Chart) -> i32 {
    if chart.series.len() > 1 { 14 } else { 20 }
}

fn group(chart: &Chart) -> i32 {
    thick(chart) * chart.series.len().max(1) as i32 + GAP
}

/// How high the part with the bars is.
pub fn height(chart: &Chart) -> i32 {
    ABOVE + group(chart) * chart.places.len() as i32 + BELOW
}

/// Draws them below `top`.
pub fn draw<'t>(area: &Area<'t>, chart: &Chart, top: i32, language: Language) -> Painted<'t> {
    let longest = chart.places.iter().map(|place| wide(place, 15)).max().unwrap_or_default();
    let names = longest.clamp(120, 460);
    let (left, right) = (MARGIN + names + 10, WIDTH - MARGIN - BEHIND);
    let scale = Scale::over(chart.shown.iter().flatten().filter_map(|shown| shown.value()));
    let (first, last) = (top + ABOVE, top + ABOVE + group(chart) * chart.places.len() as i32);
    write(area, &chart.across, (left - 10, top + 14), &style(15, GREY, HPos::Right))?;
    for (value, tick) in scale.ticks(language) {
        let x = left + scale.along(value, right - left);
        line(area, (x, first), (x, last), FAINT)?;
        write(area, &tick, (x, last + 16), &style(14, BLACK, HPos::Center))?;
    }
    let counted = scale.named(&chart.up, language);
    write(area, &counted, ((left + right) / 2, last + 44), &style(15, GREY, HPos::Center))?;
    for (at, place) in chart.places.iter().enumerate() {
        let y = first + GAP / 2 + group(chart) * at as i32;
        let middle = y + thick(chart) * chart.series.len() as i32 / 2;
        write(area, &shortened(place, names, 15), (left - 10, middle), &style(15, BLACK, HPos::Right))?;
        for (number, shown) in chart.shown.iter().enumerate() {
            let y = y + thick(chart) * number as i32;
            let shown = shown.get(at).copied().unwrap_or(Shown::Nothing);
            bar(area, shown, (number, left, right, y, thick(chart)), scale, language)?;
        }
    }
    line(area, (left, first), (left, last), BLACK)
}

/// The series, from where to where, and how high and thick.
type Lane = (usize, i32, i32, i32, i32);

fn bar<'t>(area: &Area<'t>, shown: Shown, lane: Lane, scale: Scale, language: Language) -> Painted<'t> {
    let (series, left, right, y, thick) = lane;
    let middle = y + thick / 2;
    match shown {
        Shown::Value(value) => {
            let x = left + scale.along(value, right - left);
            area.draw(&Rectangle::new([(left, y + 1), (x, y + thick - 1)], COLOURS[series % MOST_SERIES].filled()))?;
            write(area, &number(value, language), (x + 6, middle), &style(14, BLACK, HPos::Left))
        }
        Shown::Withheld => {
            let words = pick(language, "không công bố", "withheld");
            write(area, words, (left + 6, middle), &style(14, GREY, HPos::Left))
        }
        Shown::Nothing => write(area, "–", (left + 6, middle), &style(14, GREY, HPos::Left)),
    }
}
