//! The version of figures: how far the journal had come with what they depend on.

use super::Source;
use crate::access::Tx;
use crate::error::Result;
use crate::journal;
use crate::noun::Noun;
use crate::types::Moment;

/// The last change that a figure of these sources could depend on: its place in the journal, and when.
pub fn version(tx: &mut Tx<'_>, sources: &[Source]) -> Result<(String, Moment)> {
    let mut nouns = vec![Noun::Unit, Noun::ModelType, Noun::ListCode];
    nouns.extend(sources.iter().flat_map(|source| source.nouns()));
    nouns.sort_unstable();
    nouns.dedup();
    let (sequence, moment) = journal::last_of(tx.conn(), &nouns)?.unwrap_or((0, Moment::from_micros(0)));
    Ok((sequence.to_string(), moment))
}
