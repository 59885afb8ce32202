//! Rows of what is wrong with rows.

use diesel::prelude::*;

use super::fault::RowFault;
use super::job::{ImportId, RowError, RowErrorSort};
use crate::access::{Tx, WriteTx};
use crate::database::insert_many;
use crate::error::Result;
use crate::http::{Ask, Language, Listed, NoFilter, page_by};
use crate::schema::import_row_errors as errors;

/// The most that are kept of one import: more help nobody.
pub const MOST_ERRORS: usize = 1_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = errors, treat_none_as_default_value = false)]
struct ErrorRow {
    import_id: ImportId,
    number: i32,
    row_number: i64,
    column_name: Option<String>,
    code: String,
    message_en: String,
    message_vi: String,
}

impl ErrorRow {
    fn error(self, language: Language) -> RowError {
        let message = match language {
            Language::En => self.message_en.clone(),
            Language::Vi => self.message_vi.clone(),
        };
        RowError {
            row: self.row_number,
            column: self.column_name,
            code: self.code,
            message,
            message_en: self.message_en,
            message_vi: self.message_vi,
        }
    }
}

/// Keeps faults behind the `kept` ones, as far as there is room; gives how many there are now.
pub fn keep(tx: &mut WriteTx<'_>, import: ImportId, kept: i32, faults: &[RowFault]) -> Result<i32> {
    let room = MOST_ERRORS.saturating_sub(kept as usize);
    let rows: Vec<ErrorRow> = (kept..)
        .zip(faults.iter().take(room))
        .map(|(number, fault)| ErrorRow {
            import_id: import,
            number,
            row_number: fault.row as i64,
            column_name: fault.column.clone(),
            code: fault.code.to_owned(),
            message_en: fault.words.en.to_string(),
            message_vi: fault.words.vi.to_string(),
        })
        .collect();
    insert_many!(tx.conn(), errors::table, rows)?;
    Ok(kept + rows.len() as i32)
}

/// All that is kept of what is wrong with an import.
pub fn kept_errors(tx: &mut Tx<'_>, import: ImportId) -> Result<Vec<RowError>> {
    let of_import = errors::table.filter(errors::import_id.eq(import)).order(errors::number);
    let rows: Vec<ErrorRow> = of_import.select(ErrorRow::as_select()).load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.error(Language::En)).collect())
}

/// One page of what is wrong with an import; the caller has found it.
pub fn list(
    tx: &mut Tx<'_>,
    import: ImportId,
    ask: &Ask<NoFilter, RowErrorSort>,
    language: Language,
) -> Result<Listed<RowError>> {
    let of_import = || errors::table.filter(errors::import_id.eq(import));
    let query = of_import().select(ErrorRow::as_select()).into_boxed();
    // Faults are found and kept in the order of rows.
    let cut = page_by!(tx, ask, query, unique errors.number: i32);
    let total = ask.total(|| Ok(of_import().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row: ErrorRow| row.error(language)), total)
}
