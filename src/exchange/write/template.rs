//! Templates: a workbook to fill in, whose second sheet says what each column takes.

use rust_xlsxwriter::{DataValidation, Format, Worksheet, XlsxError};

use super::workbook::finished;
use crate::error::{Error, Result};
use crate::exchange::columns::{Cells, Column, Label, Named, Use};
use crate::exchange::read::MOST_ROWS;
use crate::http::Language;

/// Rows that are laid out for filling in.
const LAID_OUT: u32 = 1_000;

/// The template of a noun with these columns.
pub fn template(columns: &[Column], language: Language) -> Result<Vec<u8>> {
    let columns: Vec<&Column> = columns.iter().filter(|column| column.used != Use::Shown).collect();
    let sheets = || Ok::<_, XlsxError>(vec![form(&columns, language)?, guide(&columns, language)?]);
    sheets().and_then(finished).map_err(Error::internal)
}

fn said(language: Language, en: &'static str, vi: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Vi => vi,
    }
}

fn name(column: &Column, language: Language) -> String {
    let mark = if column.used == Use::Needed { " *" } else { "" };
    format!("{}{mark}", said(language, column.en, column.vi))
}

/// The sheet to fill in: its first row is the header. All cells are text, so that nothing typed is changed.
fn form(columns: &[&Column], language: Language) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(said(language, "Data", "Dữ liệu"))?;
    let (head, text) = (Format::new().set_bold().set_text_wrap(), Format::new().set_num_format("@"));
    for (place, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, place, name(column, language), &head)?;
        sheet.set_column_width(place, 22)?;
        sheet.set_column_format(place, &text)?;
        if let Some(list) = choices(column, language) {
            sheet.add_data_validation(1, place, LAID_OUT, place, &list)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(sheet)
}

/// A drop-down of labels, where spreadsheets have room for it.
fn choices(column: &Column, language: Language) -> Option<DataValidation> {
    const ROOM: usize = 255;
    let yes_no: [&str; 2] = [said(language, "Yes", "Có"), said(language, "No", "Không")];
    let labels: Vec<&str> = match column.cells {
        Cells::One(labels) => labels.iter().map(|label| label_in(label, language)).collect(),
        Cells::YesNo => yes_no.to_vec(),
        _ => return None,
    };
    let fits = labels.iter().map(|label| label.chars().count() + 1).sum::<usize>() <= ROOM
        && labels.iter().all(|label| !label.contains(','));
    if fits { DataValidation::new().allow_list_strings(&labels).ok() } else { None }
}

fn label_in(label: &Label, language: Language) -> &'static str {
    said(language, label.1, label.2)
}

fn guide(columns: &[&Column], language: Language) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(said(language, "Guide", "Hướng dẫn"))?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    let heads = [
        said(language, "Column", "Cột"),
        said(language, "JSON name", "Tên JSON"),
        said(language, "Needed", "Bắt buộc"),
        said(language, "What it takes", "Cách ghi"),
    ];
    for (place, head) in (0..).zip(heads) {
        sheet.write_string_with_format(0, place, head, &bold)?;
        sheet.set_column_width(place, if place == 3 { 80 } else { 26 })?;
    }
    for (row, column) in (1..).zip(columns) {
        let needed = if column.used == Use::Needed { said(language, "yes", "có") } else { "" };
        sheet.write_string(row, 0, said(language, column.en, column.vi))?;
        sheet.write_string(row, 1, column.path)?;
        sheet.write_string(row, 2, needed)?;
        sheet.write_string_with_format(row, 3, takes(column, language), &wrapped)?;
    }
    let last = columns.len() as u32 + 2;
    let en = format!("At most {MOST_ROWS} rows. Formulas are not read. Only the first sheet is read.");
    let vi = format!("Tối đa {MOST_ROWS} dòng. Không đọc công thức. Chỉ đọc trang tính thứ nhất.");
    sheet.write_string(last, 0, if language == Language::Vi { vi } else { en })?;
    Ok(sheet)
}

/// What the cells of a column take.
fn takes(column: &Column, language: Language) -> String {
    let (en, vi) = match column.cells {
        Cells::One(labels) => {
            let list = labels.iter().map(|label| format!("{} (`{}`)", label_in(label, language), label.0));
            return list.collect::<Vec<_>>().join(", ");
        }
        Cells::Text => ("Text.", "Chữ."),
        Cells::Digits => ("Digits; the column must be formatted as text.", "Chữ số; cột phải có định dạng văn bản."),
        Cells::Whole => ("A whole number: 1080 or 1.080.", "Số nguyên: 1080 hoặc 1.080."),
        Cells::Degrees => ("Degrees (WGS 84): 15.8794 or 15,8794.", "Độ (WGS 84): 15.8794 hoặc 15,8794."),
        Cells::YesNo => ("Yes or No.", "Có hoặc Không."),
        Cells::Day => ("Day/month/year: 31/3/2023.", "Ngày/tháng/năm: 31/3/2023."),
        Cells::Moment => ("Day and time in Vietnam: 31/3/2023 9:05.", "Ngày và giờ Việt Nam: 31/3/2023 9:05."),
        Cells::Code(_) => ("A code of the list, or its name.", "Mã trong danh mục, hoặc tên gọi."),
        Cells::Texts => ("Several, with semicolons between.", "Nhiều mục, cách nhau bằng dấu chấm phẩy."),
        Cells::Contributions(_) => (
            "Models with what each did, with semicolons between: TLG-01 detected; TLG-02 handled.",
            "Mô hình kèm việc đã làm, cách nhau bằng dấu chấm phẩy: TLG-01 phát hiện; TLG-02 xử lý.",
        ),
        Cells::Names(named) | Cells::NamesMany(named) => naming(named),
    };
    said(language, en, vi).to_owned()
}

const fn naming(named: Named) -> (&'static str, &'static str) {
    match named {
        Named::Unit => (
            "The unit's code on the day of the row, or its identifier.",
            "Mã đơn vị vào ngày của dòng, hoặc định danh.",
        ),
        Named::ModelType => ("The type's code or identifier.", "Mã hoặc định danh loại mô hình."),
        Named::Model => (
            "The model's code (of the row's unit, or `unit code:code`) or identifier.",
            "Mã mô hình (trong đơn vị của dòng, hoặc `mã đơn vị:mã`) hoặc định danh.",
        ),
        Named::Incident => (
            "The incident's code (of the row's unit, or `unit code:code`) or identifier.",
            "Mã vụ việc (trong đơn vị của dòng, hoặc `mã đơn vị:mã`) hoặc định danh.",
        ),
        Named::Recipient => {
            ("The identifier; of a model or unit also its code.", "Định danh; với mô hình hoặc đơn vị có thể ghi mã.")
        }
        Named::Only => ("An identifier (UUID).", "Định danh (UUID)."),
    }
}
