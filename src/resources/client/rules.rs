//! What holds for clients: their public keys are whole, strong and told apart.

use std::collections::BTreeSet;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::public_key::{Parts, PublicKey};
use crate::error::{Error, Result};

/// The shortest and longest modulus, in bytes, and the one exponent, 65537.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
const EXPONENT: &str = "AQAB";

/// Every key is one, and no two have one name.
pub fn keys(keys: &[PublicKey]) -> Result<()> {
    let names: BTreeSet<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
    if names.len() < keys.len() {
        return Err(Error::rule(
            "Each public key of a client has a kid of its own.",
            "Mỗi khóa công khai của ứng dụng phải có kid riêng.",
        ));
    }
    match keys.iter().all(sound) {
        true => Ok(()),
        false => Err(Error::rule(
            "A public key is not whole, or too weak: Ed25519 has crv and x; P-256 has crv, x and y; RSA has n of 2048 \
             to 4096 bits and e AQAB; alg is what the key is for.",
            "Khóa công khai không đầy đủ hoặc quá yếu: Ed25519 có crv và x; P-256 có crv, x và y; RSA có n từ 2048 đến \
             4096 bit và e là AQAB; alg phải đúng với loại khóa.",
        )),
    }
}

fn sound(key: &PublicKey) -> bool {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let whole = match key.parts() {
        Some(Parts::Ed25519(x)) => ParsedPublicKey::new(&ED25519, bytes(x)).is_ok(),
        Some(Parts::P256(x, y)) => {
            let point = [vec![4], bytes(x), bytes(y)].concat();
            point.len() == 65 && ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).is_ok()
        }
        Some(Parts::Rsa(n, e)) => {
            let modulus = bytes(n);
            let full =
                modulus.first().is_some_and(|first| *first >= 0x80) && modulus.last().is_some_and(|l| l % 2 == 1);
            full && MODULUS.contains(&modulus.len()) && e == EXPONENT
        }
        None => false,
    };
    whole && key.alg.is_none_or(|alg| alg == key.algorithm())
}
