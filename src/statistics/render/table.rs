//! Tables: what is written in each cell, whatever the file will be.

use crate::statistics::Dimension;
use crate::statistics::balance::{Balance, Counted, Movement};
use crate::statistics::figure::Figure;
use crate::statistics::observe::Observation;

/// What is in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Number(Figure),
    Nothing,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn number(value: Option<Figure>) -> Self {
        value.map_or(Self::Nothing, Self::Number)
    }
}

/// A head and its rows.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// Observations, one a row.
pub fn observations(items: &[Observation], by: &[Dimension], compared: bool) -> Table {
    let ends: &[&str] = if compared { &["value", "status", "previous", "change"] } else { &["value", "status"] };
    let rows = items.iter().map(|item| {
        let mut row = vec![Cell::text(item.indicator.as_str())];
        row.extend(by.iter().map(|dimension| Cell::text(item.key.text(*dimension))));
        row.extend([Cell::number(item.value), Cell::text(item.status.as_str())]);
        if compared {
            row.extend([Cell::number(item.previous), Cell::number(item.change)]);
        }
        row
    });
    Table { head: names(by, &["indicator"], ends), rows: rows.collect() }
}

/// Balances, one a row.
pub fn balances(items: &[Balance], by: &[Dimension], counted: Counted) -> Table {
    let movements = || counted.inflows().iter().chain(counted.outflows()).copied();
    let mut ends = vec!["opening"];
    ends.extend(movements().map(Movement::as_str));
    ends.extend(["closing", "status"]);
    let whole = |number: i64| Cell::Number(Figure::whole(number));
    let rows = items.iter().map(|item| {
        let mut row: Vec<Cell> = by.iter().map(|dimension| Cell::text(item.key.text(*dimension))).collect();
        row.push(item.opening.map_or(Cell::Nothing, whole));
        row.extend(movements().map(|movement| item.moved(movement).map_or(Cell::Nothing, whole)));
        row.extend([item.closing.map_or(Cell::Nothing, whole), Cell::text(item.status.as_str())]);
        row
    });
    Table { head: names(by, &[], &ends), rows: rows.collect() }
}

fn names(by: &[Dimension], begin: &[&str], ends: &[&str]) -> Vec<String> {
    let by = by.iter().map(|dimension| dimension.as_str());
    begin.iter().copied().chain(by).chain(ends.iter().copied()).map(str::to_owned).collect()
}
