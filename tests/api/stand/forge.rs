//! What a forger works with: the parts of tokens, and signatures under anything.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

/// Header and claims of a token.
pub fn parts(token: &str) -> (Value, Value) {
    let decode = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("a part of a JWT is base64url");
        serde_json::from_slice(&bytes).expect("a part of a JWT is JSON")
    };
    let mut parts = token.split('.');
    (decode(parts.next().unwrap_or_default()), decode(parts.next().unwrap_or_default()))
}

/// The first key the service signs with, as it lies in its directory.
pub fn signing_key(directory: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(directory).expect("the keys lie there").map(|file| file.expect("a file").path());
    let signing = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("signing-"));
    let file = files.into_iter().filter(|path| signing(path)).min();
    let pem = std::fs::read_to_string(file.expect("a signing key")).expect("the key can be read");
    pem::parse(pem).expect("the key is PEM").into_contents()
}

/// Signs any header and claims, whatever they say.
pub fn sign(der: &[u8], header: &Value, claims: &Value) -> String {
    sign_texts(der, &header.to_string(), &claims.to_string())
}

/// The same with texts that need not be JSON.
pub fn sign_texts(der: &[u8], header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{message}.{}", signature(der, &message))
}

/// The signature of any text.
pub fn signature(der: &[u8], message: &str) -> String {
    let key = EncodingKey::from_ed_der(der);
    jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).expect("it can be signed")
}

/// S + L where a signature has S: the same point to whoever does not look (RFC 8032, section 8.4).
pub fn plus_order(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut sum = signature.to_vec();
    let mut carry = 0;
    for (byte, more) in sum[32..].iter_mut().zip(ORDER) {
        let total = u16::from(*byte) + u16::from(more) + carry;
        *byte = total.to_le_bytes()[0];
        carry = total >> 8;
    }
    assert_eq!(carry, 0, "S is below the order");
    sum
}
