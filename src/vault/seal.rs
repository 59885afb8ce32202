//! Sealing: authenticated encryption bound to a place, so that a value moved elsewhere does not open.
//! AES-256-GCM-SIV (RFC 8452), since a repeated nonce must not give anything away.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Where a sealed value lies. It opens there and nowhere else.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a dyn fmt::Display,
}

impl Spot<'_> {
    fn aad(&self) -> Aad<Vec<u8>> {
        Aad::from(format!("tuquan/{}/{}/{}", self.table, self.column, self.row).into_bytes())
    }
}

/// How a sealed value is laid out: this byte, the nonce, then ciphertext and tag.
const LAYOUT: u8 = 1;

/// The key of one person.
pub struct PersonKey(RandomizedNonceKey);

impl PersonKey {
    pub(super) fn new(bytes: &[u8; 32]) -> Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, bytes);
        key.map(Self).map_err(|_| Error::internal("a key that is none"))
    }

    pub fn seal(&self, spot: Spot<'_>, clear: &[u8]) -> Result<Vec<u8>> {
        let mut text = Zeroizing::new(clear.to_vec());
        let sealed = self.0.seal_in_place_append_tag(spot.aad(), &mut *text);
        let nonce = sealed.map_err(|_| Error::internal("a value cannot be sealed"))?;
        let mut all = Vec::with_capacity(1 + NONCE_LEN + text.len());
        all.push(LAYOUT);
        all.extend_from_slice(nonce.as_ref());
        all.extend_from_slice(&text);
        Ok(all)
    }

    /// The value, if it was sealed by this key at this spot.
    pub fn open(&self, spot: Spot<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let damaged = || Error::internal(format!("a sealed value of {}.{} does not open", spot.table, spot.column));
        let (layout, rest) = sealed.split_first().ok_or_else(damaged)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).filter(|_| *layout == LAYOUT).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self.0.open_in_place(nonce, spot.aad(), &mut text).map_err(|_| damaged())?.len();
        text.truncate(length);
        Ok(text)
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey")
    }
}

/// 32 random bytes.
pub(super) fn fresh() -> Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    rand::fill(bytes.as_mut_slice()).map_err(Error::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let (one, other) = (PersonKey::new(&[1; 32]).expect("a key"), PersonKey::new(&[2; 32]).expect("a key"));
        let spot = Spot { table: "members", column: "phone", row: &7 };
        let sealed = one.seal(spot, b"0900").expect("it seals");
        assert_eq!(one.open(spot, &sealed).expect("it opens").as_slice(), b"0900");
        assert_ne!(sealed, one.seal(spot, b"0900").expect("it seals"), "no two seals are alike");
        assert!(other.open(spot, &sealed).is_err());
        for moved in [Spot { table: "users", ..spot }, Spot { column: "profile", ..spot }, Spot { row: &8, ..spot }] {
            assert!(one.open(moved, &sealed).is_err());
        }
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(one.open(spot, &broken).is_err(), "byte {at}");
            assert!(one.open(spot, &sealed[..at]).is_err(), "cut at {at}");
        }
    }
}
