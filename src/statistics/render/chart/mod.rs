//! Charts: lines over time, bars by anything else, as SVG that names no font of its own. Bars lie, so
//! that their names can be read, and say their numbers; what is left out or withheld is said in words.

mod bars;
mod lines;
mod scale;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::prelude::{BLACK, Color, IntoFont, PathElement, RGBColor, Rectangle, Text, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, TextStyle};
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
    /// What the places are, and what is counted.
    pub across: String,
    pub up: String,
    /// Whether the places are a course of time.
    pub over_time: bool,
    /// The names of the lines, or of the bars in each place.
    pub series: Vec<String>,
    pub places: Vec<String>,
    /// For each series what it shows at each place.
    pub shown: Vec<Vec<Shown>>,
    /// Whether there is more than is drawn here.
    pub in_part: bool,
}

/// What is shown at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    Value(f64),
    /// It may not be told.
    Withheld,
    /// There is nothing to show.
    Nothing,
}

impl Shown {
    const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Withheld | Self::Nothing => None,
        }
    }
}

/// More than this nobody can tell apart.
pub const MOST_SERIES: usize = 12;
/// So many lying bars a page holds, and so many points a line.
pub const MOST_BARS: usize = 120;
pub const MOST_POINTS: usize = 400;

const WIDTH: i32 = 1200;
const MARGIN: i32 = 20;
const GREY: RGBColor = RGBColor(110, 110, 110);
const FAINT: RGBColor = RGBColor(222, 222, 222);
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

type Area<'t> = DrawingArea<SVGBackend<'t>, Shift>;
type Painted<'t> = Result<(), DrawingAreaErrorKind<<SVGBackend<'t> as plotters::backend::DrawingBackend>::ErrorType>>;

/// Draws it. What does not fit is left out, and the chart says so.
pub fn draw(chart: &Chart, language: Language) -> Result<Vec<u8>> {
    let mut text = String::new();
    paint(chart, language, &mut text).map_err(Error::internal)?;
    Ok(text.into_bytes())
}

fn paint<'t>(chart: &Chart, language: Language, text: &'t mut String) -> Painted<'t> {
    let head = Head::of(chart, language);
    let silent = !chart.shown.iter().flatten().any(|shown| shown.value().is_some());
    let body = match (silent, chart.over_time) {
        (true, _) => 200,
        (false, true) => lines::HEIGHT,
        (false, false) => bars::height(chart),
    };
    let area = SVGBackend::with_string(text, (WIDTH as u32, (head.height + body) as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    head.draw(&area)?;
    match (silent, chart.over_time) {
        (true, _) => {
            write(&area, &nothing(chart, language), (WIDTH / 2, head.height + 80), &style(18, GREY, HPos::Center))?
        }
        (false, true) => lines::draw(&area, chart, head.height, language)?,
        (false, false) => bars::draw(&area, chart, head.height, language)?,
    }
    area.present()
}

/// What stands above: the title, what must be known, and which colour is what.
struct Head<'c> {
    titles: Vec<String>,
    remark: String,
    keys: Vec<(i32, i32, &'c str)>,
    height: i32,
}

impl<'c> Head<'c> {
    fn of(chart: &'c Chart, language: Language) -> Self {
        let titles = wrapped(&chart.title, WIDTH - 2 * MARGIN, 22);
        let remark = remark(chart, language);
        let mut y = MARGIN + 30 * titles.len() as i32 + if remark.is_empty() { 0 } else { 24 };
        let mut keys = Vec::new();
        if chart.series.len() > 1 {
            let mut x = MARGIN;
            for name in &chart.series {
                let width = 24 + wide(name, 15) + 22;
                if x > MARGIN && x + width > WIDTH - MARGIN {
                    (x, y) = (MARGIN, y + 24);
                }
                keys.push((x, y + 12, name.as_str()));
                x += width;
            }
            y += 30;
        }
        Self { titles, remark, keys, height: y + 6 }
    }

    fn draw<'t>(&self, area: &Area<'t>) -> Painted<'t> {
        let mut y = MARGIN + 10;
        for title in &self.titles {
            write(area, title, (MARGIN, y), &style(22, BLACK, HPos::Left))?;
            y += 30;
        }
        if !self.remark.is_empty() {
            write(area, &self.remark, (MARGIN, y), &style(15, GREY, HPos::Left))?;
        }
        for (number, (x, y, name)) in self.keys.iter().enumerate() {
            area.draw(&Rectangle::new([(*x, y - 6), (x + 16, y + 6)], COLOURS[number % MOST_SERIES].filled()))?;
            write(area, name, (x + 24, *y), &style(15, BLACK, HPos::Left))?;
        }
        Ok(())
    }
}

fn style(size: i32, colour: RGBColor, across: HPos) -> TextStyle<'static> {
    TextStyle {
        font: ("sans-serif", size).into_font(),
        color: colour.to_backend_color(),
        pos: Pos::new(across, VPos::Center),
    }
}

/// Words from bottom to top.
fn upright(size: i32) -> TextStyle<'static> {
    let level = style(size, GREY, HPos::Center);
    TextStyle { font: level.font.transform(FontTransform::Rotate270), ..level }
}

fn write<'t>(area: &Area<'t>, words: &str, at: (i32, i32), style: &TextStyle<'_>) -> Painted<'t> {
    area.draw(&Text::new(words.to_owned(), at, style.clone()))
}

fn line<'t>(area: &Area<'t>, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Painted<'t> {
    area.draw(&PathElement::new(vec![from, to], colour.stroke_width(1)))
}

/// About how many pixels a text takes, in fonts that readers have.
fn wide(text: &str, size: i32) -> i32 {
    (text.chars().count() as f64 * f64::from(size) * 0.49).ceil() as i32
}

fn shortened(text: &str, most: i32, size: i32) -> String {
    let fitting = (f64::from(most) / (f64::from(size) * 0.49)) as usize;
    match text.chars().count() > fitting {
        true => text.chars().take(fitting.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// A text in lines of at most this width.
fn wrapped(text: &str, most: i32, size: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| wide(line, size) + wide(word, size) < most) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

const fn pick(language: Language, vi: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

fn remark(chart: &Chart, language: Language) -> String {
    let withheld = chart.shown.iter().flatten().any(|shown| *shown == Shown::Withheld);
    let mut words = Vec::new();
    if chart.in_part {
        words.push(pick(language, "Chỉ hiện một phần, những mục lớn nhất.", "In part: the largest are shown."));
    }
    if withheld {
        words.push(pick(language, "Có số liệu không công bố.", "Some figures are withheld."));
    }
    words.join(" ")
}

fn nothing(chart: &Chart, language: Language) -> String {
    let withheld = chart.shown.iter().flatten().any(|shown| *shown == Shown::Withheld);
    match withheld {
        true => pick(language, "Số liệu không công bố", "The figures are withheld"),
        false => pick(language, "Không có số liệu", "No figures"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(over_time: bool, shown: Vec<Vec<Shown>>) -> Chart {
        Chart {
            title: "Vụ việc tiếp nhận, năm 2023".to_owned(),
            across: "Tháng".to_owned(),
            up: "Vụ việc".to_owned(),
            over_time,
            series: vec!["Phường Hội An <&>".to_owned(), "Phường Thanh Hà".to_owned()],
            places: vec!["01/2023".to_owned(), "02/2023".to_owned()],
            shown,
            in_part: false,
        }
    }

    fn drawn(chart: &Chart) -> String {
        String::from_utf8(draw(chart, Language::Vi).expect("a chart")).expect("UTF-8")
    }

    #[test]
    fn a_chart_holds_its_words_as_text() {
        let shown = vec![vec![Shown::Value(3.0), Shown::Value(5.0)], vec![Shown::Withheld, Shown::Nothing]];
        for over_time in [true, false] {
            let svg = drawn(&chart(over_time, shown.clone()));
            assert!(svg.starts_with("<svg"), "{svg}");
            let title = "Vụ việc tiếp nhận, năm 2023";
            for words in [title, "Có số liệu không công bố.", "Phường Hội An &lt;&amp;&gt;", "Tháng", "Vụ việc"]
            {
                assert!(svg.contains(words), "{words}: {svg}");
            }
        }
        assert!(drawn(&chart(false, shown)).contains("không công bố\n"), "the bar that is withheld says so");
    }

    #[test]
    fn a_chart_of_nothing_says_so() {
        assert!(drawn(&chart(false, Vec::new())).contains("Không có số liệu"));
        assert!(drawn(&chart(true, vec![vec![Shown::Withheld; 2]])).contains("Số liệu không công bố"));
    }
}
