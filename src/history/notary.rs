//! The notary signs how long the journal is and what its tree's root is, in the checkpoint form of
//! C2SP (tlog-checkpoint). Whoever keeps a checkpoint can tell later whether the journal still begins
//! with those entries.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::{Named, Noun, Tx};
use crate::error::{Error, Result};
use crate::journal::{self, Edge};
use crate::vault::{SigningKey, signed};

/// What the journal was at a moment, signed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditCheckpoint {
    /// How many entries there were.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub tree_size: u64,
    /// The root of the tree of their lines (RFC 6962), in base64.
    #[schema(max_length = 44)]
    pub root_hash: String,
    /// What is signed: origin, size and root, a line each.
    #[schema(max_length = 1000)]
    pub signed_text: String,
    /// The Ed25519 signature of that text, in base64.
    #[schema(max_length = 88)]
    pub signature: String,
    /// Which key of `/.well-known/jwks.json` made it.
    #[schema(max_length = 43)]
    pub key_id: String,
}

impl Named for AuditCheckpoint {
    const NOUN: Noun = Noun::AuditCheckpoint;
}

/// Holds the keys that sign checkpoints: the newest signs.
pub struct Notary {
    origin: String,
    keys: Vec<SigningKey>,
}

/// How the key files are named: this, and the moment they were made.
const PREFIX: &str = "audit-";

impl Notary {
    /// The keys in `directory`; checkpoints bear the name of the registry at `base`.
    pub fn open(directory: &Path, base: &str) -> Result<Self> {
        let origin = base.split_once("://").map_or(base, |(_, rest)| rest);
        Ok(Self { origin: format!("{origin}/journal"), keys: SigningKey::all(directory, PREFIX)? })
    }

    /// Signs what the journal is now.
    pub fn checkpoint(&self, tx: &mut Tx<'_>) -> Result<AuditCheckpoint> {
        self.sign(&journal::edge(tx.conn())?)
    }

    fn sign(&self, edge: &Edge) -> Result<AuditCheckpoint> {
        let key = self.keys.last().ok_or_else(|| Error::internal("no audit key"))?;
        let (tree_size, root_hash) = (edge.size(), STANDARD.encode(edge.root()));
        let signed_text = format!("{}\n{tree_size}\n{root_hash}\n", self.origin);
        let signature = STANDARD.encode(key.sign(signed_text.as_bytes()));
        Ok(AuditCheckpoint { tree_size, root_hash, signed_text, signature, key_id: key.id.clone() })
    }

    /// The public halves (RFC 7517).
    pub fn jwks(&self) -> Vec<Value> {
        self.keys.iter().map(|key| key.jwk("audit")).collect()
    }
}

impl AuditCheckpoint {
    /// Why the checkpoint is not what one of these public keys signed; nothing where it is.
    pub fn fault(&self, keys: &[Value]) -> Option<&'static str> {
        // A key that signs something else signs no checkpoint.
        let signs =
            |key: &&Value| key["kid"] == self.key_id.as_str() && matches!(key["use"].as_str(), None | Some("audit"));
        let Some(key) = keys.iter().find(signs) else {
            return Some("none of the public keys is the one that signed it");
        };
        let public = key["x"].as_str().unwrap_or_default();
        let signature = STANDARD.decode(&self.signature).unwrap_or_default();
        if !signed(public, self.signed_text.as_bytes(), &signature) {
            return Some("its signature is not that of its key");
        }
        let mut lines = self.signed_text.lines().skip(1);
        let agrees = lines.next() == Some(&self.tree_size.to_string()) && lines.next() == Some(&self.root_hash);
        (!agrees).then_some("what is signed is not what it says")
    }

    /// Adds the checkpoint to a file outside the database, one a line; a line that was cut short, as by a full
    /// disk, is left behind.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let line = serde_json::to_string(self).map_err(Error::internal)? + "\n";
        let about = |error| Error::internal(format!("{}: {error}", file.display()));
        let mut open = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(file).map_err(about)?;
        let whole = ends_a_line(&mut open).map_err(about)?;
        let line = if whole { line } else { format!("\n{line}") };
        open.write_all(line.as_bytes()).and_then(|()| open.sync_all()).map_err(about)
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

    #[test]
    fn a_line_that_was_cut_short_harms_no_other() {
        let folder = tempfile::tempdir().expect("a directory");
        let (keys, file) = (folder.path().join("keys"), folder.path().join("checkpoints"));
        let notary = Notary::open(&keys, "http://tuquan.test").expect("a notary");
        let one = notary.sign(&Edge::default()).expect("a checkpoint");
        let read = || AuditCheckpoint::all_in(&std::fs::read_to_string(&file).expect("a file"));
        one.keep(&file).expect("it is kept");
        one.keep(&file).expect("it is kept");
        assert_eq!(read().map(|(all, cut)| (all.len(), cut)).expect("whole"), (2, 0));
        let kept = std::fs::read(&file).expect("a file");
        std::fs::write(&file, &kept[..kept.len() - 30]).expect("it can be cut");
        assert_eq!(read().map(|(all, cut)| (all.len(), cut)).expect("one is whole"), (1, 1));
        one.keep(&file).expect("it is kept");
        assert_eq!(read().map(|(all, cut)| (all.len(), cut)).expect("two are whole"), (2, 1));
        assert!(AuditCheckpoint::all_in("{} {}\nx").is_err() && AuditCheckpoint::all_in("[1]").is_err());
    }

    #[test]
    fn a_key_that_signs_tokens_signs_no_checkpoint() {
        let folder = tempfile::tempdir().expect("a directory");
        let notary = Notary::open(&folder.path().join("keys"), "http://tuquan.test").expect("a notary");
        let one = notary.sign(&Edge::default()).expect("a checkpoint");
        let mut keys = notary.jwks();
        assert_eq!(one.fault(&keys), None);
        keys[0]["use"] = "sig".into();
        assert!(one.fault(&keys).is_some());
    }
}
