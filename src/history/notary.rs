//! The notary signs how long the journal is and what its tree's root is, in the checkpoint form of
//! C2SP (tlog-checkpoint). Whoever keeps a checkpoint can tell later whether the journal still begins
//! with those entries.

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
        self.sign(&journal::edge(tx.conn())?, None)
    }

    /// Signs an edge, and a line `more`.
    pub(super) fn sign(&self, edge: &Edge, more: Option<&str>) -> Result<AuditCheckpoint> {
        let key = self.keys.last().ok_or_else(|| Error::internal("no audit key"))?;
        let (tree_size, root_hash) = (edge.size(), STANDARD.encode(edge.root()));
        let more = more.map(|line| format!("{line}\n")).unwrap_or_default();
        let signed_text = format!("{}\n{tree_size}\n{root_hash}\n{more}", self.origin);
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_signs_tokens_signs_no_checkpoint() {
        let folder = tempfile::tempdir().expect("a directory");
        let notary = Notary::open(&folder.path().join("keys"), "http://tuquan.test").expect("a notary");
        let one = notary.sign(&Edge::default(), None).expect("a checkpoint");
        let mut keys = notary.jwks();
        assert_eq!(one.fault(&keys), None);
        keys[0]["use"] = "sig".into();
        assert!(one.fault(&keys).is_some());
    }
}
