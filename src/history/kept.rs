//! Checkpoints as they are kept outside the database, one a line. Each comes with how the hashes begin of the
//! entries behind those of the line before: the root tells that one of thousands is another, these tell which.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::notary::{AuditCheckpoint, Notary};
use crate::access::Tx;
use crate::error::{Error, Result};
use crate::journal;

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptCheckpoint {
    #[serde(flatten)]
    pub checkpoint: AuditCheckpoint,
    /// None in a checkpoint as the API gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<Leaves>,
}

/// How the hashes of entries that follow each other begin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Leaves {
    first: u64,
    /// Eight bytes of each, in base64.
    hashes: String,
}

/// Bytes of each hash. They only tell which entry is another, once the root has told that one is.
const BEGIN: usize = 8;
type Begin = [u8; BEGIN];

/// Entries a line tells of at most.
const MANY: u64 = 10_000;
/// From so many bytes before its end the file is read for its last line, which is shorter by far.
const TAIL: u64 = 1 << 20;

impl Leaves {
    fn of(first: u64, hashes: &[journal::Hash]) -> Self {
        let begins: Vec<u8> = hashes.iter().flat_map(|hash| hash[..BEGIN].to_vec()).collect();
        Self { first, hashes: STANDARD.encode(begins) }
    }

    fn begins(&self) -> Vec<Begin> {
        STANDARD.decode(&self.hashes).map(|bytes| bytes.as_chunks::<BEGIN>().0.to_vec()).unwrap_or_default()
    }

    fn end(&self) -> u64 {
        // Four characters stand for three bytes.
        self.first + (self.hashes.trim_end_matches('=').len() * 3 / 4 / BEGIN) as u64
    }

    /// The line of the signed text that binds them.
    pub fn line(&self) -> String {
        let digest = STANDARD.encode(digest(&SHA256, self.hashes.as_bytes()));
        format!("leaves {} {} {digest}", self.first, self.end())
    }
}

impl KeptCheckpoint {
    /// Why it is not what one of these public keys signed; nothing where it is.
    pub fn fault(&self, keys: &[Value]) -> Option<&'static str> {
        let bound = |leaves: &Leaves| self.checkpoint.signed_text.lines().nth(3) == Some(&leaves.line());
        let other = || self.leaves.as_ref().is_some_and(|leaves| !bound(leaves));
        self.checkpoint.fault(keys).or_else(|| other().then_some("the leaves are not those that were signed"))
    }

    /// The line behind the `last` of a file, and whether there are more leaves than it holds; none where the journal
    /// has not grown.
    pub fn next(tx: &mut Tx<'_>, notary: &Notary, last: Option<&Self>) -> Result<Option<(Self, bool)>> {
        let edge = journal::edge(tx.conn())?;
        let told = last.and_then(|last| last.leaves.as_ref()).map_or(0, Leaves::end);
        // Where an older state was put back, it goes on from there.
        let first = told.min(edge.size());
        // A journal that lacks an entry is signed all the same: what it should hold is in its tree.
        let hashes = journal::leaves_from(tx.conn(), first, (edge.size() - first).min(MANY))?;
        if hashes.is_empty() && last.map_or(0, |last| last.checkpoint.tree_size) == edge.size() {
            return Ok(None);
        }
        let leaves = Leaves::of(first, &hashes);
        let more = !hashes.is_empty() && leaves.end() < edge.size();
        let checkpoint = notary.sign(&edge, Some(&leaves.line()))?;
        Ok(Some((Self { checkpoint, leaves: Some(leaves) }, more)))
    }

    /// Adds it to a file outside the database; a line that was cut short, as by a full disk, is left behind.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let line = serde_json::to_string(self).map_err(Error::internal)? + "\n";
        let about = |error| Error::internal(format!("{}: {error}", file.display()));
        let mut open = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(file).map_err(about)?;
        let whole = ends_a_line(&mut open).map_err(about)?;
        let line = if whole { line } else { format!("\n{line}") };
        open.write_all(line.as_bytes()).and_then(|()| open.sync_all()).map_err(about)
    }

    /// The last whole line of a file; none where there is none.
    pub fn last(file: &Path) -> Result<Option<Self>> {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut open = File::open(file)?;
            let length = open.seek(SeekFrom::End(0))?;
            open.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut tail = Vec::new();
            open.read_to_end(&mut tail)?;
            Ok(tail)
        };
        let tail = match read() {
            Ok(tail) => tail,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::internal(format!("{}: {error}", file.display()))),
        };
        Ok(tail.split(|byte| *byte == b'\n').rev().find_map(|line| serde_json::from_slice(line).ok()))
    }

    /// The checkpoints in a text, one or one a line. Lines that were cut short are passed over: how many.
    pub fn all_in(text: &str) -> Result<(Vec<Self>, usize)> {
        let whole = serde_json::Deserializer::from_str(text).into_iter::<Self>().collect::<Result<Vec<_>, _>>();
        let wrong = match whole {
            Ok(all) => return Ok((all, 0)),
            Err(wrong) => wrong,
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let (mut all, mut cut) = (Vec::new(), 0);
        for line in lines {
            match serde_json::from_str(line) {
                Ok(checkpoint) => all.push(checkpoint),
                Err(error) if error.is_eof() => cut += 1,
                Err(_) => return Err(Error::internal(format!("no checkpoint: {wrong}"))),
            }
        }
        Ok((all, cut))
    }
}

/// The first entry from `first` up to `end` whose hash is not the one that was kept of it; what was kept last counts.
pub fn first_other(tx: &mut Tx<'_>, kept: &[Leaves], (first, end): (u64, u64)) -> Result<Option<u64>> {
    for begin in (first..end).step_by(MANY as usize) {
        let many = MANY.min(end - begin);
        let mut known: Vec<Option<Begin>> = vec![None; many as usize];
        for leaves in kept.iter().filter(|leaves| leaves.first < begin + many && leaves.end() > begin) {
            for (place, hash) in (leaves.first..).zip(leaves.begins()) {
                if let Some(known) = place.checked_sub(begin).and_then(|at| known.get_mut(at as usize)) {
                    *known = Some(hash);
                }
            }
        }
        let hashes = journal::leaves(tx.conn(), begin, many)?;
        let other = |(known, hash): (&Option<Begin>, &journal::Hash)| known.is_some_and(|known| hash[..BEGIN] != known);
        if let Some(at) = known.iter().zip(&hashes).position(other) {
            return Ok(Some(begin + at as u64));
        }
    }
    Ok(None)
}

/// Whether a file is empty or ends with the end of a line.
fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Edge;

    fn notary(folder: &Path) -> Notary {
        Notary::open(&folder.join("keys"), "http://tuquan.test").expect("a notary")
    }

    fn one(notary: &Notary, leaves: Option<Leaves>) -> KeptCheckpoint {
        let line = leaves.as_ref().map(Leaves::line);
        KeptCheckpoint { checkpoint: notary.sign(&Edge::default(), line.as_deref()).expect("a checkpoint"), leaves }
    }

    #[test]
    fn a_line_that_was_cut_short_harms_no_other() {
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("checkpoints");
        let notary = notary(folder.path());
        assert!(KeptCheckpoint::last(&file).expect("no file").is_none());
        let told = |first| one(&notary, Some(Leaves::of(first, &[[7; 32]])));
        let last = || KeptCheckpoint::last(&file).expect("a file").and_then(|last| last.leaves).map(|last| last.first);
        let read = || KeptCheckpoint::all_in(&std::fs::read_to_string(&file).expect("a file"));
        told(3).keep(&file).expect("it is kept");
        told(4).keep(&file).expect("it is kept");
        assert_eq!((read().map(|(all, cut)| (all.len(), cut)).expect("whole"), last()), ((2, 0), Some(4)));
        let kept = std::fs::read(&file).expect("a file");
        std::fs::write(&file, &kept[..kept.len() - 30]).expect("it can be cut");
        assert_eq!((read().map(|(all, cut)| (all.len(), cut)).expect("one is whole"), last()), ((1, 1), Some(3)));
        told(5).keep(&file).expect("it is kept");
        assert_eq!((read().map(|(all, cut)| (all.len(), cut)).expect("two are whole"), last()), ((2, 1), Some(5)));
        assert!(KeptCheckpoint::all_in("{} {}\nx").is_err() && KeptCheckpoint::all_in("[1]").is_err());
    }

    #[test]
    fn leaves_are_bound_by_the_signature() {
        let folder = tempfile::tempdir().expect("a directory");
        let notary = notary(folder.path());
        let keys = notary.jwks();
        for many in 0..4 {
            let leaves = Leaves::of(9, &vec![[many as u8; 32]; many]);
            assert_eq!((leaves.begins().len(), leaves.end()), (many, 9 + many as u64));
            let mut kept = one(&notary, Some(leaves));
            assert_eq!(kept.fault(&keys), None);
            for other in [Leaves::of(8, &vec![[many as u8; 32]; many]), Leaves::of(9, &vec![[77; 32]; many + 1])] {
                kept.leaves = Some(other);
                assert!(kept.fault(&keys).is_some(), "{many}");
            }
        }
        assert_eq!(one(&notary, None).fault(&keys), None);
    }
}
