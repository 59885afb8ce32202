//! The archive: the registry as one sealed file, out of one moment, and back into an empty database of
//! either kind. Rows go as they lie in the tables, whatever noun they are of: what is sealed in the
//! database stays sealed in the file. Sessions stay behind. What must not come in: what a row means.

mod load;
mod save;
mod tables;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::access::Tx;
use crate::error::{Error, Result};
use crate::types::Moment;
use crate::vault::stream::{Opener, Sealer, StreamKey};

pub use load::{check, is_empty, load};

/// What a backup begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Head {
    /// Of the layout; 1.
    pub format: u32,
    /// Of the program that made it.
    pub version: String,
    /// Of the last migration.
    pub schema_version: String,
    pub taken_at: Moment,
    pub database: String,
    /// How long the journal was, the root of its tree and, to go on from there, the tree's right edge.
    pub tree_size: i64,
    pub root_hash: String,
    pub edge: String,
    /// The master keys that wrap keys of persons in it: by name, what each makes of a text everybody knows.
    pub data_keys: BTreeMap<String, String>,
}

/// What a backup ends with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tail {
    /// How many rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Of everything before the tail, in hexadecimal.
    pub sha256: String,
}

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    #[serde(flatten)]
    pub head: Head,
    #[serde(flatten)]
    pub tail: Tail,
}

/// What a table's rows begin with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    table: String,
    columns: Vec<String>,
}

fn about(file: &Path) -> impl Fn(std::io::Error) -> Error {
    let file = file.display().to_string();
    move |error| Error::internal(format!("{file}: {error}"))
}

/// Writes a backup into a file that is not there yet: whole, or not at all.
pub fn write(tx: &mut Tx<'_>, key: &StreamKey, file: &Path) -> Result<Manifest> {
    let name = file.file_name().ok_or_else(|| Error::internal("a file's name is missing"))?;
    let aside = file.with_file_name(format!(".{}-{}", std::process::id(), name.to_string_lossy()));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).map_err(about(&aside))?;
    let done = write_into(tx, key, made, file).and_then(|manifest| {
        fs::hard_link(&aside, file).map_err(about(file))?;
        Ok(manifest)
    });
    fs::remove_file(&aside).map_err(about(&aside))?;
    done
}

fn write_into(tx: &mut Tx<'_>, key: &StreamKey, made: File, file: &Path) -> Result<Manifest> {
    let mut sealer = Sealer::new(key, BufWriter::new(made)).map_err(about(file))?;
    let manifest = save::save(tx, &mut sealer)?;
    let made = sealer.finish().map_err(about(file))?.into_inner().map_err(|error| about(file)(error.into_error()))?;
    made.sync_all().map_err(about(file))?;
    Ok(manifest)
}

/// Opens a backup to be read line by line.
pub fn open(key: &StreamKey, file: &Path) -> Result<BufReader<Opener<BufReader<File>>>> {
    let sealed = File::open(file).map_err(about(file))?;
    Opener::new(key, BufReader::new(sealed)).map(BufReader::new).map_err(about(file))
}
