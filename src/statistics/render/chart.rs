//! Charts: lines over time, bars by anything else, as SVG that names no font of its own.

use std::collections::BTreeSet;

use plotters::backend::SVGBackend;
use plotters::chart::SeriesLabelPosition;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::Circle;
use plotters::prelude::{
    ChartBuilder, Color, IntoFont, IntoSegmentedCoord, LineSeries, RGBColor, Rectangle, SegmentValue, WHITE,
};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, Result};
use crate::http::Language;

/// A chart as SVG 1.1.
pub enum Svg {}

impl PartialSchema for Svg {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).max_length(Some(10_000_000)).into()
    }
}
impl ToSchema for Svg {}

/// What is drawn.
pub struct Chart {
    pub title: String,
    /// What the horizontal and the vertical axis say.
    pub across: String,
    pub up: String,
    /// Whether the places across are a course of time.
    pub over_time: bool,
    pub points: Vec<Point>,
}

/// One value: of which line or group of bars, at which place; none where it may not be told.
pub struct Point {
    pub series: String,
    pub place: String,
    pub value: Option<f64>,
}

const SIZE: (u32, u32) = (1200, 640);
/// More than this nobody can tell apart.
const MOST_SERIES: usize = 12;
const MOST_PLACES: usize = 60;
const COLOURS: [RGBColor; MOST_SERIES] = [
    RGBColor(0, 90, 156),
    RGBColor(214, 96, 20),
    RGBColor(34, 139, 84),
    RGBColor(178, 34, 52),
    RGBColor(110, 70, 160),
    RGBColor(140, 90, 60),
    RGBColor(200, 80, 150),
    RGBColor(90, 90, 90),
    RGBColor(150, 150, 20),
    RGBColor(20, 150, 170),
    RGBColor(60, 60, 130),
    RGBColor(230, 160, 30),
];

/// Draws it. What does not fit is left out, and the title says so.
pub fn draw(chart: &Chart, language: Language) -> Result<Vec<u8>> {
    let mut text = String::new();
    paint(chart, language, &mut text).map_err(Error::internal)?;
    Ok(text.into_bytes())
}

type Painted<'t> = Result<(), DrawingAreaErrorKind<<SVGBackend<'t> as plotters::backend::DrawingBackend>::ErrorType>>;

fn paint<'t>(chart: &Chart, language: Language, text: &'t mut String) -> Painted<'t> {
    let series: Vec<&str> = in_order(chart.points.iter().map(|point| point.series.as_str()), false);
    let places: Vec<&str> = in_order(chart.points.iter().map(|point| point.place.as_str()), chart.over_time);
    let cut = series.len() > MOST_SERIES || places.len() > MOST_PLACES;
    let series = &series[..series.len().min(MOST_SERIES)];
    let places = &places[..places.len().min(MOST_PLACES)];
    let withheld = chart.points.iter().any(|point| point.value.is_none());
    let title = format!("{}{}", chart.title, remark(language, cut, withheld));
    let shown =
        chart.points.iter().filter(|p| series.contains(&p.series.as_str()) && places.contains(&p.place.as_str()));
    let values = || shown.clone().filter_map(|point| point.value);
    let top = values().fold(1.0, f64::max) * 1.1;
    let bottom = values().fold(0.0, f64::min) * 1.1;

    let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let last = places.len().saturating_sub(1);
    let mut builder = ChartBuilder::on(&area);
    builder.caption(&title, ("sans-serif", 22).into_font()).margin(16);
    builder.x_label_area_size(60).y_label_area_size(90);
    let mut drawn = builder.build_cartesian_2d((0..last).into_segmented(), bottom..top)?;
    drawn
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(places.len().clamp(1, 14))
        .x_label_formatter(&|at| match at {
            SegmentValue::CenterOf(at) => places.get(*at).map_or_else(String::new, |place| shortened(place)),
            SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
        })
        .y_label_formatter(&|value| number(*value, language))
        .x_desc(chart.across.as_str())
        .y_desc(chart.up.as_str())
        .axis_desc_style(("sans-serif", 16))
        .label_style(("sans-serif", 13))
        .draw()?;
    for (number, name) in series.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let own = || shown.clone().filter(|point| point.series == *name);
        let at = |point: &Point| places.iter().position(|place| *place == point.place).unwrap_or_default();
        let legend = move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], colour.filled());
        if chart.over_time {
            let mut line: Vec<(usize, f64)> = own().filter_map(|point| Some((at(point), point.value?))).collect();
            line.sort_by_key(|(at, _)| *at);
            let dots = line.clone();
            let line = line.into_iter().map(|(at, value)| (SegmentValue::CenterOf(at), value));
            drawn.draw_series(LineSeries::new(line, colour.stroke_width(2)))?.label(*name).legend(legend);
            let dots = dots
                .into_iter()
                .map(|(at, value)| Circle::new((SegmentValue::CenterOf(at), value), 3, colour.filled()));
            drawn.draw_series(dots)?;
        } else {
            let bars = own().filter_map(|point| Some((at(point), point.value?))).map(|(at, value)| {
                let corners = [(SegmentValue::Exact(at), 0.0), (SegmentValue::Exact(at + 1), value)];
                let mut bar = Rectangle::new(corners, colour.filled());
                let (left, right) = side_by_side(number, series.len(), places.len());
                bar.set_margin(0, 0, left, right);
                bar
            });
            drawn.draw_series(bars)?.label(*name).legend(legend);
        }
    }
    if !series.is_empty() {
        drawn
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(180, 180, 180))
            .label_font(("sans-serif", 14))
            .draw()?;
    }
    area.present()
}

/// Each once, in order of appearance, or sorted.
fn in_order<'t>(texts: impl Iterator<Item = &'t str>, sorted: bool) -> Vec<&'t str> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<&str> = texts.filter(|text| seen.insert(*text)).collect();
    if sorted {
        all.sort_unstable();
    }
    all
}

/// The free space left and right of a bar in its place, in pixels.
fn side_by_side(number: usize, of: usize, places: usize) -> (u32, u32) {
    let inner = SIZE.0.saturating_sub(122);
    let place = f64::from(inner) / places.max(1) as f64;
    let (gap, width) = (place * 0.12, place * 0.76 / of.max(1) as f64);
    let left = gap + width * number as f64;
    let right = place - left - width;
    (left.max(0.0) as u32, right.max(0.0) as u32)
}

fn shortened(text: &str) -> String {
    match text.chars().count() > 18 {
        true => text.chars().take(17).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

fn remark(language: Language, cut: bool, withheld: bool) -> String {
    let mut words = Vec::new();
    if cut {
        words.push(if language == Language::Vi { "chỉ hiện một phần" } else { "in part" });
    }
    if withheld {
        words.push(if language == Language::Vi {
            "có số liệu không công bố"
        } else {
            "some figures are withheld"
        });
    }
    if words.is_empty() { String::new() } else { format!(" ({})", words.join("; ")) }
}

/// `1.080` in Vietnamese, `1,080` in English.
fn number(value: f64, language: Language) -> String {
    let whole = format!("{:.0}", value.abs());
    let mark = if language == Language::Vi { '.' } else { ',' };
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    if value < -0.5 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_readers_expect() {
        assert_eq!(number(1_080.0, Language::Vi), "1.080");
        assert_eq!(number(-1_234_567.0, Language::En), "-1,234,567");
        assert_eq!(number(12.0, Language::En), "12");
    }

    #[test]
    fn a_chart_holds_its_words_as_text() {
        let point = |series: &str, place: &str, value| Point { series: series.into(), place: place.into(), value };
        for over_time in [true, false] {
            let points = vec![
                point("Phường Hội An <&>", "2023-01", Some(3.0)),
                point("Phường Hội An <&>", "2023-02", Some(5.0)),
                point("Phường Thanh Hà", "2023-02", None),
            ];
            let (across, up) = ("Tháng".to_owned(), "Vụ việc".to_owned());
            let chart =
                Chart { title: "Vụ việc tiếp nhận, năm 2023".to_owned(), across, up, over_time, points };
            let svg = String::from_utf8(draw(&chart, Language::Vi).expect("a chart")).expect("UTF-8");
            assert!(svg.starts_with("<svg"), "{svg}");
            for words in
                ["Vụ việc tiếp nhận, năm 2023 (có số liệu không công bố)", "Phường Hội An &lt;&amp;&gt;", "Tháng"]
            {
                assert!(svg.contains(words), "{words}: {svg}");
            }
        }
    }
}
