//! Key files: one a key, in a directory that only the service may read, named by the moment they were
//! made. Written whole or not at all.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::error::{Error, Result};

/// The directory of the keys, made where it is not there; refused where others can read it.
pub fn directory(directory: &Path) -> Result<()> {
    if !directory.exists() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(about(directory))?;
    }
    private(directory)
}

/// The files with names of this form, oldest first.
pub fn named(directory: &Path, prefix: &str, suffix: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).map_err(about(directory))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(about(directory))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with(prefix) && name.ends_with(suffix) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a key file.
pub fn read(path: &Path) -> Result<Zeroizing<String>> {
    private(path)?;
    fs::read_to_string(path).map(Zeroizing::new).map_err(about(path))
}

/// Keeps a new key under the present moment.
pub fn make(directory: &Path, prefix: &str, suffix: &str, text: &[u8]) -> Result<PathBuf> {
    let path = directory.join(format!("{prefix}{}{suffix}", Clock::default().now().micros()));
    publish(directory, &path, text)?;
    Ok(path)
}

/// Keeps the first key of its kind. Of several processes that start at once one makes it, under a
/// name they agree on, and the others find it.
pub fn make_first(directory: &Path, prefix: &str, suffix: &str, text: &[u8]) -> Result<PathBuf> {
    let path = directory.join(format!("{prefix}{:016}{suffix}", 0));
    match publish(directory, &path, text) {
        Err(_) if path.exists() => Ok(path),
        done => done.map(|()| path),
    }
}

/// Writes aside, syncs, then links into place: a reader never sees half a key, and no key is replaced.
fn publish(directory: &Path, path: &Path, text: &[u8]) -> Result<()> {
    let aside = directory.join(format!(".{}-{}", std::process::id(), stem(path)));
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).map_err(about(&aside))?;
    let written = file.write_all(text).and_then(|()| file.sync_all()).map_err(about(&aside));
    let linked = written.and_then(|()| fs::hard_link(&aside, path).map_err(about(path)));
    fs::remove_file(&aside).map_err(about(&aside))?;
    linked?;
    fs::File::open(directory).and_then(|opened| opened.sync_all()).map_err(about(directory))
}

/// Whether bytes that should be random plainly are not: zeros, a word over and over.
pub fn is_weak(bytes: &[u8]) -> bool {
    bytes.iter().collect::<std::collections::BTreeSet<_>>().len() < 8
}

/// Removes a key file.
pub fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(about(path))
}

/// A file's name without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Refuses what others than the owner can read.
fn private(path: &Path) -> Result<()> {
    let mode = fs::metadata(path).map_err(about(path))?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(Error::internal(format!(
            "TUQUAN_KEYS_DIR: {} can be read by others; set its mode to {}",
            called(path),
            if path.is_dir() { "0700" } else { "0600" }
        ))),
    }
}

/// What a file is called where a refusal is read: the directory is the value of a setting, so not shown.
fn called(path: &Path) -> String {
    if path.is_dir() { "the directory".to_owned() } else { stem(path) }
}

fn about(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = called(path);
    move |error| Error::internal(format!("TUQUAN_KEYS_DIR: {path}: {error}"))
}
