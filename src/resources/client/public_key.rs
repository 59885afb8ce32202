//! Public keys of clients, as JSON Web Keys (RFC 7517, 7518, 8037): what a client proves itself with that
//! keeps its secret to itself. The kind of a key settles how it signs.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::types::{Base64Url, Line, text_enum};

text_enum! {
    /// What kind of key it is.
    pub enum KeyType {
        Okp = "OKP",
        Ec = "EC",
        Rsa = "RSA",
    }
}

text_enum! {
    /// The curve of a key.
    pub enum KeyCurve {
        Ed25519 = "Ed25519",
        P256 = "P-256",
    }
}

text_enum! {
    /// How a key signs.
    pub enum KeyAlgorithm {
        EdDsa = "EdDSA",
        Es256 = "ES256",
        Rs256 = "RS256",
    }
}

text_enum! {
    /// What a key is for.
    pub enum KeyUse {
        Sig = "sig",
    }
}

/// A public key that a client signs its assertions with: Ed25519 (`kty` OKP with `x`), P-256 (`kty` EC with
/// `x` and `y`), or RSA of 2048 to 4096 bits (`n` and `e`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// What assertions call it; another one for each key of the client.
    pub kid: Line<100>,
    /// What kind of key it is.
    pub kty: KeyType,
    /// The curve of `OKP` and `EC` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub crv: Option<KeyCurve>,
    /// The first coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub x: Option<Base64Url<43>>,
    /// The second coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub y: Option<Base64Url<43>>,
    /// The modulus.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub n: Option<Base64Url<683>>,
    /// The exponent, 65537: `AQAB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub e: Option<Base64Url<4>>,
    /// How it signs; it follows from the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alg: Option<KeyAlgorithm>,
    /// Signatures alone.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub used_for: Option<KeyUse>,
}

/// What a key consists of, as its kind asks.
pub enum Parts<'a> {
    Ed25519(&'a str),
    P256(&'a str, &'a str),
    Rsa(&'a str, &'a str),
}

impl PublicKey {
    /// The parts, where there are those of its kind and no others.
    pub fn parts(&self) -> Option<Parts<'_>> {
        let (x, y) = (self.x.as_ref().map(Base64Url::as_str), self.y.as_ref().map(Base64Url::as_str));
        let (n, e) = (self.n.as_ref().map(Base64Url::as_str), self.e.as_ref().map(Base64Url::as_str));
        match (self.kty, self.crv, x, y, n, e) {
            (KeyType::Okp, Some(KeyCurve::Ed25519), Some(x), None, None, None) => Some(Parts::Ed25519(x)),
            (KeyType::Ec, Some(KeyCurve::P256), Some(x), Some(y), None, None) => Some(Parts::P256(x, y)),
            (KeyType::Rsa, None, None, None, Some(n), Some(e)) => Some(Parts::Rsa(n, e)),
            _ => None,
        }
    }

    /// How it signs.
    pub fn algorithm(&self) -> KeyAlgorithm {
        match self.kty {
            KeyType::Okp => KeyAlgorithm::EdDsa,
            KeyType::Ec => KeyAlgorithm::Es256,
            KeyType::Rsa => KeyAlgorithm::Rs256,
        }
    }

    /// What verifies its signatures, and by which algorithm alone.
    pub fn verifies(&self) -> Option<(Algorithm, DecodingKey)> {
        let algorithm = match self.algorithm() {
            KeyAlgorithm::EdDsa => Algorithm::EdDSA,
            KeyAlgorithm::Es256 => Algorithm::ES256,
            KeyAlgorithm::Rs256 => Algorithm::RS256,
        };
        let key = match self.parts()? {
            Parts::Ed25519(x) => DecodingKey::from_ed_components(x),
            Parts::P256(x, y) => DecodingKey::from_ec_components(x, y),
            Parts::Rsa(n, e) => DecodingKey::from_rsa_components(n, e),
        };
        Some((algorithm, key.ok()?))
    }
}
