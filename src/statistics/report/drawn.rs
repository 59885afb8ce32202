//! The report drawn up: every section's queries are run in one view of the records, by the engine of
//! observations and balances, and their answers made into rows.

use std::collections::HashMap;

use super::asked::Scope;
use super::tables::{Column, Rows, Section, TABLES, Table};
use super::titles::{self, Labels};
use super::{
    BalancePart, MovementReport, ReportCell, ReportColumn, ReportRow, ReportTable, ReportTableId, ReportTrace,
};
use crate::access::Tx;
use crate::error::Result;
use crate::http::Language;
use crate::statistics::balance::{Balance, Counted, Movement};
use crate::statistics::catalogue::IndicatorId;
use crate::statistics::count;
use crate::statistics::figure::Figure;
use crate::statistics::key::CellKey;
use crate::statistics::meta::Meta;
use crate::statistics::observe::{Observation, Standing};
use crate::statistics::period::Range;
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

/// Draws up the report.
pub fn report(tx: &mut Tx<'_>, scope: &Scope, before: Range, meta: Meta, language: Language) -> Result<MovementReport> {
    let mut drawing = Drawing { scope, before, labels: Labels::load(tx, language)? };
    let title = titles::report(tx, &meta, language)?;
    let tables = TABLES.iter().map(|table| drawing.table(tx, table)).collect::<Result<_>>()?;
    Ok(MovementReport { title, previous_from: before.from, previous_to: before.to, tables, meta })
}

struct Drawing<'d> {
    scope: &'d Scope,
    before: Range,
    labels: Labels,
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

    fn observed(&self, tx: &mut Tx<'_>, section: &Section) -> Result<Cells> {
        let of = |column: &Column| match column {
            Column::Observed(id) => Some(*id),
            Column::Balanced(..) => None,
        };
        let indicators: Vec<IndicatorId> = section.columns.iter().filter_map(of).collect();
        if indicators.is_empty() {
            return Ok(Vec::new());
        }
        let (asked, settled) = self.scope.observed(section, &indicators)?;
        let found = count::observed(tx, &asked, &settled)?;
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
    fn balanced(&self, tx: &mut Tx<'_>, section: &Section, counted: Counted) -> Result<Cells> {
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
        let found = count::balanced(tx, &now.0, &now.1)?;
        let earlier = count::balanced(tx, &earlier.0, &earlier.1)?;
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
