//! Bytes into text: UTF-8, UTF-16 by its mark, or the charset that the sender names. Nothing is guessed.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::File;
use crate::exchange::fault::{Halt, Wrong};

/// The text of a file without its byte order mark.
pub fn decoded<'a>(file: &File<'a>) -> Result<Cow<'a, str>, Halt> {
    let (encoding, bytes) = chosen(file)?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or_else(|| unreadable(broken_line(encoding, bytes)))?;
    match text.find('\0') {
        Some(at) => Err(unreadable(lines_before(&text.as_bytes()[..at]))),
        None => Ok(text),
    }
}

fn chosen<'a>(file: &File<'a>) -> Result<(&'static Encoding, &'a [u8]), Halt> {
    let marked = Encoding::for_bom(file.bytes);
    if let Some((encoding, mark)) = marked {
        return Ok((encoding, &file.bytes[mark..]));
    }
    let named = match file.charset {
        None => UTF_8,
        Some("utf-16") => UTF_16BE,
        Some(name) => Encoding::for_label_no_replacement(name.as_bytes()).ok_or_else(|| unreadable(1))?,
    };
    Ok((named, file.bytes))
}

/// The line in which UTF-8 ends being UTF-8; of other encodings the first.
fn broken_line(encoding: &'static Encoding, bytes: &[u8]) -> u64 {
    match std::str::from_utf8(bytes) {
        Err(error) if encoding != UTF_16LE && encoding != UTF_16BE => lines_before(&bytes[..error.valid_up_to()]),
        Ok(_) | Err(_) => 1,
    }
}

fn lines_before(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
}

fn unreadable(line: u64) -> Halt {
    let wrong = Wrong::new(
        "encoding",
        "The file is not UTF-8 from here on. Save it as UTF-8, or name its charset in the Content-Type.",
        "Từ đây tệp không phải UTF-8. Hãy lưu tệp dạng UTF-8 hoặc ghi charset trong Content-Type.",
    );
    wrong.halt(line)
}
