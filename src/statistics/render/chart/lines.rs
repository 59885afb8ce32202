//! Lines over time. A line breaks where there is nothing to show.

use plotters::prelude::{BLACK, Circle, Color, PathElement, Rectangle, WHITE};
use plotters::style::text_anchor::HPos;

use super::scale::{Scale, number};
use super::{
    Area, COLOURS, Chart, FAINT, GREY, MARGIN, MOST_SERIES, Painted, Shown, WIDTH, line, style, upright, wide, write,
};
use crate::http::Language;

/// How high the part with the lines is.
pub const HEIGHT: i32 = 560;
const BELOW: i32 = 70;
/// So many points of a single line say their numbers.
const FEW: usize = 14;

/// Draws them below `top`.
pub fn draw<'t>(area: &Area<'t>, chart: &Chart, top: i32, language: Language) -> Painted<'t> {
    let scale = Scale::over(chart.shown.iter().flatten().filter_map(|shown| shown.value()));
    let ticks = scale.ticks(language);
    let numbers = ticks.iter().map(|(_, text)| wide(text, 14)).max().unwrap_or_default();
    let (left, right) = (MARGIN + 30 + numbers + 10, WIDTH - MARGIN - 20);
    let (high, low) = (top + 24, top + HEIGHT - BELOW);
    for (value, tick) in &ticks {
        let y = low - scale.along(*value, low - high);
        line(area, (left, y), (right, y), FAINT)?;
        write(area, tick, (left - 8, y), &style(14, BLACK, HPos::Right))?;
    }
    let counted = scale.named(&chart.up, language);
    write(area, &counted, (MARGIN + 8, (high + low) / 2), &upright(15))?;
    let step = f64::from(right - left) / chart.places.len().max(1) as f64;
    let across = |at: usize| left + (step * (at as f64 + 0.5)) as i32;
    let widest = chart.places.iter().map(|place| wide(place, 14) + 14).max().unwrap_or(1);
    let every = (f64::from(widest) / step).ceil().max(1.0) as usize;
    for (at, place) in chart.places.iter().enumerate().step_by(every) {
        line(area, (across(at), low), (across(at), low + 5), BLACK)?;
        write(area, place, (across(at), low + 18), &style(14, BLACK, HPos::Center))?;
    }
    write(area, &chart.across, ((left + right) / 2, low + 46), &style(15, GREY, HPos::Center))?;
    line(area, (left, low), (right, low), BLACK)?;
    let alone = chart.shown.len() == 1 && chart.places.len() <= FEW;
    for (series, shown) in chart.shown.iter().enumerate() {
        let colour = COLOURS[series % MOST_SERIES];
        for stretch in stretches(shown) {
            let at = |(at, value): &(usize, f64)| (across(*at), low - scale.along(*value, low - high));
            let points: Vec<(i32, i32)> = stretch.iter().map(at).collect();
            area.draw(&PathElement::new(points.clone(), colour.stroke_width(2)))?;
            for (number_at, (point, (_, value))) in points.iter().zip(&stretch).enumerate() {
                area.draw(&Circle::new(*point, 3, colour.filled()))?;
                if alone {
                    let words = number(*value, language);
                    let half = wide(&words, 14) / 2 + 2;
                    let (x, y) = beside(&points, number_at, half, low);
                    let x = x.clamp(left + half, right + MARGIN - half);
                    // A gridline would run through the number.
                    area.draw(&Rectangle::new([(x - half, y - 7), (x + half, y + 7)], WHITE.filled()))?;
                    write(area, &words, (x, y), &style(14, BLACK, HPos::Center))?;
                }
            }
        }
    }
    Ok(())
}

/// Where the number of a point stands, `half` of it on either side: where no line runs to a neighbour.
fn beside(points: &[(i32, i32)], at: usize, half: i32, low: i32) -> (i32, i32) {
    let (x, y) = points[at];
    // Whether the line to a neighbour is so steep that it would run through a number above the point.
    let steep = |other: Option<&(i32, i32)>| other.is_some_and(|other| (y - other.1) * half > 6 * (x - other.0).abs());
    let before = at.checked_sub(1).and_then(|before| points.get(before));
    match (steep(before), steep(points.get(at + 1))) {
        (true, true) if y + 24 < low => (x, y + 14),
        (true, false) => (x + half, y - 14),
        (false, true) => (x - half, y - 14),
        _ => (x, y - 14),
    }
}

/// The stretches of places next to each other that show a value.
fn stretches(shown: &[Shown]) -> Vec<Vec<(usize, f64)>> {
    let mut stretches = vec![Vec::new()];
    for (at, shown) in shown.iter().enumerate() {
        match (shown.value(), stretches.last_mut()) {
            (Some(value), Some(stretch)) => stretch.push((at, value)),
            (None, Some(stretch)) if !stretch.is_empty() => stretches.push(Vec::new()),
            _ => {}
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_where_no_line_runs() {
        let points = [(0, 100), (80, 20), (160, 100), (240, 20), (320, 22)];
        let at = |number| beside(&points, number, 20, 400);
        assert_eq!(at(0), (-20, 86), "the line rises to the right");
        assert_eq!(at(1), (80, 6), "on a peak");
        assert_eq!(at(2), (160, 114), "in a valley");
        assert_eq!(at(4), (320, 8), "where it is nearly level");
        assert_eq!(beside(&points, 2, 20, 110), (160, 86), "not below the axis");
    }

    #[test]
    fn a_line_breaks_where_there_is_nothing() {
        let shown = [Shown::Nothing, Shown::Value(1.0), Shown::Value(2.0), Shown::Withheld, Shown::Value(0.0)];
        assert_eq!(stretches(&shown), [vec![(1, 1.0), (2, 2.0)], vec![(4, 0.0)]]);
    }
}
