//! Secrets that the registry makes: 256 random bits, so that a plain hash is enough to keep.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// A secret in the clear, for as long as it takes to show it once.
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::fill(bytes.as_mut_slice()).map_err(Error::internal)?;
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
    }

    pub fn reveal(&self) -> String {
        self.0.to_string()
    }

    /// What is kept of it.
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}

/// Whether `secret` is one of those whose hashes are kept, in time that depends on neither.
pub fn matches(secret: &str, kept: &[Vec<u8>]) -> bool {
    let given = hash(secret);
    let none = vec![0_u8; given.len()];
    let hits = kept.iter().chain(std::iter::once(&none));
    hits.fold(false, |hit, kept| hit | verify_slices_are_equal(&given, kept).is_ok())
}
