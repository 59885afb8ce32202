//! The report as a workbook: one sheet a table, each figure beside that of the period before, and below
//! the table the queries that give them.

use super::{MovementReport, ReportCell, ReportRow, ReportTable};
use crate::error::Result;
use crate::http::Language;
use crate::statistics::observe::Standing;
use crate::statistics::render::{Cell, Sheet, Table, xlsx};
use crate::statistics::words;

/// Writes the workbook.
pub fn workbook(report: &MovementReport, language: Language) -> Result<Vec<u8>> {
    let sheets: Vec<Sheet> = report.tables.iter().map(|table| sheet(report, table, language)).collect();
    xlsx(&report.title, &sheets)
}

const fn pick(language: Language, vi: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

fn sheet(report: &MovementReport, table: &ReportTable, language: Language) -> Sheet {
    let day = |day| words::day(day, language);
    let before = format!(
        "{}: {} – {}",
        pick(language, "Kỳ trước", "Period before"),
        day(report.previous_from),
        day(report.previous_to)
    );
    let mut head = vec![pick(language, "Nội dung", "Item").to_owned()];
    for column in &table.columns {
        let earlier = pick(language, "kỳ trước", "period before");
        head.extend([column.label.clone(), format!("{} ({earlier})", column.label)]);
    }
    let mut rows: Vec<Vec<Cell>> = table.rows.iter().map(|row| figures(table, row, language)).collect();
    rows.extend(sources(table, language));
    Sheet {
        name: table.title.clone(),
        above: vec![table.title.clone(), report.title.clone(), before],
        table: Table { head, rows },
    }
}

fn figures(table: &ReportTable, row: &ReportRow, language: Language) -> Vec<Cell> {
    let mut cells = vec![Cell::text(row.label.clone())];
    for column in &table.columns {
        match row.cells.iter().find(|cell| cell.column == column.id) {
            Some(cell) => cells.extend(both(cell, language)),
            None => cells.extend([Cell::Nothing, Cell::Nothing]),
        }
    }
    cells
}

/// The figure and the one before; words where it may not be told.
fn both(cell: &ReportCell, language: Language) -> [Cell; 2] {
    let withheld = || Cell::text(pick(language, "không công bố", "withheld"));
    match cell.status {
        Standing::Suppressed => [withheld(), cell.previous.map_or_else(withheld, Cell::Number)],
        Standing::Final => {
            [cell.value.map_or(Cell::Nothing, Cell::Number), cell.previous.map_or(Cell::Nothing, Cell::Number)]
        }
    }
}

/// Below the figures: which query gives which column of which rows.
fn sources(table: &ReportTable, language: Language) -> Vec<Vec<Cell>> {
    let words = match language {
        Language::Vi => ["Nguồn số liệu", "Chỉ tiêu", "Phiên bản", "Truy vấn", "Truy vấn kỳ trước"],
        Language::En => ["Sources of figures", "Indicator", "Version", "Query", "Query of the period before"],
    };
    let mut rows = vec![Vec::new(), words.map(Cell::text).to_vec()];
    let mut told: Vec<(&str, &str)> = Vec::new();
    for row in &table.rows {
        for cell in &row.cells {
            if told.contains(&(&cell.column, &cell.trace.href)) {
                continue;
            }
            told.push((&cell.column, &cell.trace.href));
            let label = table.columns.iter().find(|column| column.id == cell.column).map(|column| column.label.clone());
            rows.push(vec![
                Cell::text(label.unwrap_or_default()),
                Cell::text(cell.trace.indicator.as_str()),
                Cell::text(cell.trace.version.to_string()),
                Cell::text(cell.trace.href.clone()),
                cell.trace.previous_href.clone().map_or(Cell::Nothing, Cell::Text),
            ]);
        }
    }
    rows
}
