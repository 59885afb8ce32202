//! Imports: whatever is sent as a file. It is read to its end or refused with the row that is wrong, the same each
//! time, in little memory.
#![no_main]

use std::io::{Cursor, Write};
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use tuquan::exchange::catalogue::ResourceType;
use tuquan::exchange::job::{Format, ImportAsked, ImportMode};
use tuquan::exchange::look_through;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const CHARSETS: [Option<&str>; 6] = [None, None, Some("utf-8"), Some("utf-16"), Some("windows-1258"), Some("none")];
/// Between the parts of a workbook.
const BETWEEN: u8 = 0x1e;

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// A workbook with made-up parts: the sheet, the strings that cells share, the styles, the book itself.
fn workbook(parts: &[u8]) -> Vec<u8> {
    let mut made = parts.splitn(4, |byte| *byte == BETWEEN);
    let mut next = |otherwise: &'static str| match made.next() {
        Some(part) if !part.is_empty() => part,
        _ => otherwise.as_bytes(),
    };
    let sheet = next("<worksheet><sheetData/></worksheet>");
    let (strings, styles, book) = (next("<sst/>"), next("<styleSheet/>"), next(BOOK));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts: [(&str, &[u8]); 7] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
    ];
    for (name, bytes) in parts {
        archive.start_file(name, stored).expect("a part can begin");
        archive.write_all(bytes).expect("a part can be written");
    }
    archive.finish().expect("the archive ends").into_inner()
}

/// The fuzzer's own hook ends the process at every panic. One that is caught and answered is no crash, and one that
/// is not ends it all the same.
static CAUGHT_IS_FINE: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    CAUGHT_IS_FINE.call_once(|| drop(std::panic::take_hook()));
    let [how, resource, charset, rest @ ..] = data else {
        return;
    };
    let (format, bytes) = match how % 4 {
        0 => (Format::Csv, rest.to_vec()),
        1 => (Format::Ndjson, rest.to_vec()),
        2 => (Format::Xlsx, rest.to_vec()),
        _ => (Format::Xlsx, workbook(rest)),
    };
    let asked = ImportAsked {
        resource: ResourceType::ALL[usize::from(*resource) % ResourceType::ALL.len()],
        mode: ImportMode::Validate,
        atomic: true,
        format,
        charset: CHARSETS[usize::from(*charset) % CHARSETS.len()].map(str::to_owned),
    };
    let (rows, faults) = look_through(&asked, &bytes).expect("a file is no fault of the service");
    assert!(faults.iter().all(|fault| fault.row >= 1));
    assert!(faults.windows(2).all(|two| two[0].row <= two[1].row), "faults come in the order of rows");
    let again = look_through(&asked, &bytes).expect("a file is no fault of the service");
    assert!(again == (rows, faults), "a file says the same each time");
});
