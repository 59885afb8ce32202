//! Proofs out of the journal's tree (RFC 6962, section 2.1), for those who keep its checkpoints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun, Tx};
use crate::error::{Error, Fault, Result, Words};
use crate::journal;
use crate::types::Name;

/// A proof: hashes in the order of RFC 6962.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditProof {
    /// Each in base64.
    #[schema(max_items = 128, value_type = Vec<Name>)]
    pub hashes: Vec<String>,
}

/// That an entry is in the tree.
pub struct InclusionProof;
/// That a tree is the beginning of a later one.
pub struct ConsistencyProof;

impl Named for InclusionProof {
    const NOUN: Noun = Noun::InclusionProof;
}

impl Named for ConsistencyProof {
    const NOUN: Noun = Noun::ConsistencyProof;
}

/// Which entry, in which tree.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct InclusionParams {
    /// The entry's place in the journal, from 0.
    #[param(minimum = 0, maximum = 9007199254740991i64)]
    pub sequence: u64,
    /// The size of the tree; above `sequence`.
    #[param(minimum = 1, maximum = 9007199254740991i64)]
    pub tree_size: u64,
}

/// Which tree, and which later one.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ConsistencyParams {
    /// The size of the earlier tree.
    #[param(minimum = 1, maximum = 9007199254740991i64)]
    pub first: u64,
    /// The size of the later tree; not below `first`.
    #[param(minimum = 1, maximum = 9007199254740991i64)]
    pub second: u64,
}

/// Proves that an entry is in a tree; 400 for a tree that there is not yet.
pub fn inclusion(tx: &mut Tx<'_>, asked: &InclusionParams) -> Result<AuditProof> {
    within(tx, asked.tree_size, "treeSize")?;
    if asked.sequence >= asked.tree_size {
        return Err(beyond("sequence"));
    }
    proof(tx, journal::inclusion(asked.sequence, asked.tree_size))
}

/// Proves that a tree begins another; 400 for a tree that there is not yet.
pub fn consistency(tx: &mut Tx<'_>, asked: &ConsistencyParams) -> Result<AuditProof> {
    within(tx, asked.second, "second")?;
    if asked.first > asked.second {
        return Err(beyond("first"));
    }
    proof(tx, journal::consistency(asked.first, asked.second))
}

fn within(tx: &mut Tx<'_>, size: u64, parameter: &str) -> Result<()> {
    match size <= journal::size(tx.conn())? as u64 {
        true => Ok(()),
        false => Err(beyond(parameter)),
    }
}

fn beyond(parameter: &str) -> Error {
    let detail = Words::new("There is no such place in that tree.", "Cây không có vị trí này.");
    Error::Invalid(vec![Fault::parameter(parameter, "too-large", detail)])
}

fn proof(tx: &mut Tx<'_>, spans: Vec<(u64, u64)>) -> Result<AuditProof> {
    let hash = |span| journal::root(tx.conn(), span).map(|root| STANDARD.encode(root));
    Ok(AuditProof { hashes: spans.into_iter().map(hash).collect::<Result<_>>()? })
}
