//! The report drawn up: every section's queries are run in one view of the records, by the engine of
//! observations and balances, and their answers made into rows.

use std::collections::HashMap;

use super::asked::{Scope, in_calendar};
use super::tables::{Column, Rows, Section, TABLES, Table};
use super::titles::{self, Labels};
use super::{
    BalancePart, MovementReport, ReportCell, ReportColumn, ReportRow, ReportTable, ReportTableId, ReportTrace,
};
use crate::access::Tx;
use crate::error::Result;
use crate::http::Language;
use crate::statistics::Dimension;
use crate::statistics::balance::{Balance, Counted, Movement};
use crate::statistics::catalogue::IndicatorId;
use crate::statistics::count;
use crate::statistics::cube::Shape;
use crate::statistics::fact::Series;
use crate::statistics::figure::Figure;
use crate::statistics::key::CellKey;
use crate::statistics::meta::Meta;
use crate::statistics::observe::{Observation, Standing};
use crate::statistics::period::Range;
use crate::statistics::shelf::{Plan, Shelf};
use crate::statistics::sources::Source;

/// Every source that a table counts, each once.
pub fn sources() -> Vec<Source> {
    let columns = TABLES.iter().flat_map(|table| table.columns);
    let mut sources: Vec<Source> = columns
        .map(|column| match column {
            Column::Observed(id) => id.indicator().source,
            Column::Balanced(counted, _) => counted.source(),
        })
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// How the sources are loaded, so that every section reads what was loaded once. How many different
/// members there are cannot be told from how many there are in parts, so each breakdown of them is a load;
/// and incidents by category are told by the sums that are kept of them.
fn plans() -> Vec<Plan> {
    use Dimension::{Category, Field, Form, Kind, Level, ModelType, Rating, Severity};
    let loads: [(Source, &[Shape], &[Dimension]); 11] = [
        (Source::Models, &[Shape::Sums, Shape::Subjects], &[ModelType, Field]),
        (Source::Ratings, &[Shape::Sums], &[Rating]),
        (Source::Reviews, &[Shape::Sums], &[Rating]),
        (Source::Teams, &[Shape::Sums], &[Field]),
        (Source::Memberships, &[Shape::Sums], &[Category, Kind]),
        (Source::Memberships, &[Shape::Subjects], &[]),
        (Source::Memberships, &[Shape::Subjects], &[Category]),
        (Source::Memberships, &[Shape::Subjects], &[Kind]),
        (Source::Activities, &[Shape::Sums], &[Kind]),
        (Source::Incidents, &[Shape::Sums], &[Category]),
        (Source::Incidents, &[Shape::Sums, Shape::Samples], &[Category, Severity]),
    ];
    let commendations: (Source, &[Shape], &[Dimension]) = (Source::Commendations, &[Shape::Sums], &[Form, Level, Kind]);
    let plan = |(source, shapes, dims): (Source, &'static [Shape], &'static [Dimension])| Plan {
        source,
        shapes,
        dims,
        series: series(source, shapes),
        by_day: source == Source::Models,
    };
    loads.into_iter().chain([commendations]).map(plan).collect()
}

/// What the columns of all tables read of a source.
fn series(source: Source, shapes: &[Shape]) -> Vec<Series> {
    let columns = TABLES.iter().flat_map(|table| table.columns);
    let of_column = |column: &Column| match column {
        Column::Observed(id) => {
            let reading = id.indicator().reading;
            let own = id.indicator().source == source && shapes.contains(&reading.shape());
            own.then(|| vec![reading.series()])
        }
        Column::Balanced(counted, _) => (counted.source() == source).then(|| counted.read()),
    };
    let mut series: Vec<Series> = columns.filter_map(of_column).flatten().collect();
    series.sort_unstable();
    series.dedup();
    series
}

/// Draws up the report.
pub fn report(tx: &mut Tx<'_>, scope: &Scope, before: Range, meta: Meta, language: Language) -> Result<MovementReport> {
    let shelf = Shelf::planned(plans(), scope.slots(before)?);
    let mut drawing = Drawing { scope, before, labels: Labels::load(tx, language)?, shelf };
    let title = titles::report(tx, &meta, language)?;
    let tables = TABLES.iter().map(|table| drawing.table(tx, table)).collect::<Result<_>>()?;
    let told = in_calendar(before);
    Ok(MovementReport { title, previous_from: told.from, previous_to: told.to, tables, meta })
}

struct Drawing<'d> {
    scope: &'d Scope,
    before: Range,
    labels: Labels,
    /// What all sections read.
    shelf: Shelf,
}

/// The cells of a section, by the key of their row.
type Cells = Vec<(CellKey, ReportCell)>;

impl Drawing<'_> {
    fn table(&mut self, tx: &mut Tx<'_>, table: &Table) -> Result<ReportTable> {
        let mut rows = Vec::new();
        for section in table.sections {
            rows.extend(self.rows(tx, table.id, section)?);
        }
        let column = |column: &Column| ReportColumn {
            id: titles::id(*column),
            label: titles::column(*column, self.labels.language),
        };
        Ok(ReportTable {
            id: table.id,
            title: titles::table(table.id).said(self.labels.language).to_owned(),
            columns: table.columns.iter().map(column).collect(),
            rows,
        })
    }

    fn rows(&mut self, tx: &mut Tx<'_>, table: ReportTableId, section: &Section) -> Result<Vec<ReportRow>> {
        let mut cells = self.observed(tx, section)?;
        for counted in Counted::ALL {
            cells.extend(self.balanced(tx, section, *counted)?);
        }
        let mut rows: Vec<ReportRow> = Vec::new();
        let mut places: HashMap<Vec<String>, usize> = HashMap::new();
        for (key, cell) in cells {
            let place = *places.entry(key.place(section.rows.by())).or_insert(rows.len());
            if place == rows.len() {
                rows.push(ReportRow { label: String::new(), key, cells: Vec::new() });
            }
            rows[place].cells.push(cell);
        }
        if let Rows::Some(_) = section.rows {
            rows.retain(|row| row.cells.iter().any(tells));
        }
        self.labels.learn(tx, section.rows.by(), rows.iter().map(|row| &row.key))?;
        for row in &mut rows {
            row.label = self.labels.row(table, section.rows, &row.key);
            let place = |cell: &ReportCell| section.columns.iter().position(|c| titles::id(*c) == cell.column);
            row.cells.sort_by_key(place);
        }
        Ok(rows)
    }

    fn observed(&mut self, tx: &mut Tx<'_>, section: &Section) -> Result<Cells> {
        let of = |column: &Column| match column {
            Column::Observed(id) => Some(*id),
            Column::Balanced(..) => None,
        };
        let indicators: Vec<IndicatorId> = section.columns.iter().filter_map(of).collect();
        if indicators.is_empty() {
            return Ok(Vec::new());
        }
        let (asked, settled) = self.scope.observed(section, &indicators)?;
        let found = count::observed(tx, &mut self.shelf, &asked, &settled)?;
        Ok(found.into_iter().map(|figure| (figure.key.clone(), self.cell(section, &figure))).collect())
    }

    fn cell(&self, section: &Section, figure: &Observation) -> ReportCell {
        let trace = ReportTrace {
            indicator: figure.indicator,
            version: figure.indicator.indicator().version,
            counted: None,
            part: None,
            href: self.scope.observed_at(section, figure.indicator),
            previous_href: None,
        };
        ReportCell {
            column: titles::id(Column::Observed(figure.indicator)),
            value: figure.value,
            status: figure.status,
            previous: figure.previous,
            change: figure.change,
            trace,
        }
    }

    /// The balance of the period beside that of the period before, which is a query of its own.
    fn balanced(&mut self, tx: &mut Tx<'_>, section: &Section, counted: Counted) -> Result<Cells> {
        let of = |column: &Column| match column {
            Column::Balanced(own, part) if *own == counted => Some(*part),
            Column::Balanced(..) | Column::Observed(_) => None,
        };
        let parts: Vec<BalancePart> = section.columns.iter().filter_map(of).collect();
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let (now, earlier) =
            (self.scope.balanced(section, counted, None)?, self.scope.balanced(section, counted, Some(self.before))?);
        let found = count::balanced(tx, &mut self.shelf, &now.0, &now.1)?;
        let earlier = count::balanced(tx, &mut self.shelf, &earlier.0, &earlier.1)?;
        let before: HashMap<Vec<String>, Balance> =
            earlier.into_iter().map(|balance| (balance.key.place(section.rows.by()), balance)).collect();
        let trace = self.balance_trace(section, counted);
        let mut cells = Vec::new();
        for balance in found {
            let before = before.get(&balance.key.place(section.rows.by()));
            let made = parts.iter().map(|part| (balance.key.clone(), balance_cell(*part, &balance, before, &trace)));
            cells.extend(made);
        }
        Ok(cells)
    }

    fn balance_trace(&self, section: &Section, counted: Counted) -> ReportTrace {
        let indicator = match counted {
            Counted::ModelTypes => IndicatorId::ModelTypesActive,
            Counted::Models => IndicatorId::ModelsActive,
            Counted::Teams => IndicatorId::TeamsActive,
            Counted::Memberships => IndicatorId::MembershipsActive,
        };
        ReportTrace {
            indicator,
            version: indicator.indicator().version,
            counted: Some(counted),
            part: None,
            href: self.scope.balanced_at(section, counted, None),
            previous_href: Some(self.scope.balanced_at(section, counted, Some(self.before))),
        }
    }
}

fn balance_cell(part: BalancePart, balance: &Balance, before: Option<&Balance>, trace: &ReportTrace) -> ReportCell {
    let value = number(part, balance);
    let previous = before.and_then(|before| number(part, before));
    let counted = trace.counted.unwrap_or(Counted::Models);
    ReportCell {
        column: titles::id(Column::Balanced(counted, part)),
        value,
        status: balance.status,
        previous,
        change: value.zip(previous).map(|(value, before)| value.less(before)),
        trace: ReportTrace { part: Some(part), ..trace.clone() },
    }
}

fn number(part: BalancePart, balance: &Balance) -> Option<Figure> {
    let whole = match part {
        BalancePart::Opening => balance.opening,
        BalancePart::Closing => balance.closing,
        BalancePart::Introduced => balance.moved(Movement::Introduced),
        BalancePart::Established => balance.moved(Movement::Established),
        BalancePart::Started => balance.moved(Movement::Started),
        BalancePart::Resumed => balance.moved(Movement::Resumed),
        BalancePart::Suspended => balance.moved(Movement::Suspended),
        BalancePart::Merged => balance.moved(Movement::Merged),
        BalancePart::Dissolved => balance.moved(Movement::Dissolved),
        BalancePart::Ended => balance.moved(Movement::Ended),
    };
    whole.map(Figure::whole)
}

/// Whether a cell says that something is or was, or may not be told.
fn tells(cell: &ReportCell) -> bool {
    let some = |figure: Option<Figure>| figure.is_some_and(|figure| !figure.is_zero());
    cell.status == Standing::Suppressed || some(cell.value) || some(cell.previous)
}
