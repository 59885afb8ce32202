//! Trusted issuers (OpenID Connect): users who sign in elsewhere come with that issuer's token. It says
//! who they are there and nothing more; which user that is, is written in the user's `identities`.
//! Keys are read from files: the service opens no connection for a token that somebody sends.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;

use super::token::names_crit;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// The longest foreign token that is looked at, in bytes; how long it may be valid, and how far clocks
/// may differ, in seconds.
const LONGEST: usize = 8192;
const LONGEST_LIFE: i64 = 24 * 3600;
const SKEW: i64 = 30;

/// Every trusted issuer.
pub struct Issuers {
    all: Vec<Issuer>,
    clock: Clock,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Trusted {
    issuer: String,
    audience: String,
    jwks_file: PathBuf,
}

struct Issuer {
    trusted: Trusted,
    keys: RwLock<Arc<Keys>>,
}

struct Keys {
    set: JwkSet,
    /// When the file was written that they were read from.
    written: Option<SystemTime>,
}

/// Who a foreign token says somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Foreign {
    pub issuer: String,
    pub subject: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
}

fn refused(what: impl std::fmt::Display) -> Error {
    Error::internal(format!("TUQUAN_OIDC_FILE: {what}"))
}

impl Issuers {
    /// Those that the file names, if there is one; `own` is this service, which is no foreign issuer.
    pub fn open(file: Option<&Path>, own: &str, clock: Clock) -> Result<Self> {
        let Some(file) = file else {
            return Ok(Self { all: Vec::new(), clock });
        };
        let text = std::fs::read_to_string(file).map_err(refused)?;
        let trusted: Vec<Trusted> = serde_json::from_str(&text).map_err(|error| {
            refused(format!("must hold [{{\"issuer\", \"audience\", \"jwksFile\"}}]; line {} does not", error.line()))
        })?;
        let names: std::collections::BTreeSet<&str> = trusted.iter().map(|one| one.issuer.as_str()).collect();
        if names.len() != trusted.len() || names.contains(own) {
            return Err(refused("names an issuer twice, or this service itself"));
        }
        if trusted.iter().any(|one| one.issuer.is_empty() || one.audience.is_empty()) {
            return Err(refused("an issuer or an audience is empty"));
        }
        let all = trusted.into_iter().map(Issuer::new).collect::<Result<_>>()?;
        Ok(Self { all, clock })
    }

    /// Who the token speaks of, if a trusted issuer made it for this service and it is still good.
    pub fn verify(&self, token: &str) -> Option<Foreign> {
        if self.all.is_empty() || token.len() > LONGEST || names_crit(token) {
            return None;
        }
        let header = decode_header(token).ok()?;
        self.all.iter().find_map(|issuer| issuer.verify(token, &header, self.clock.now().seconds()))
    }
}

impl Issuer {
    fn new(trusted: Trusted) -> Result<Self> {
        let keys = Keys::read(&trusted.jwks_file).map_err(refused)?;
        Ok(Self { trusted, keys: RwLock::new(Arc::new(keys)) })
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, read anew where the file is another since.
    fn newer_keys(&self) -> Option<Arc<Keys>> {
        let written = written(&self.trusted.jwks_file);
        if written == self.keys().written {
            return None;
        }
        match Keys::read(&self.trusted.jwks_file) {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
                Some(keys)
            }
            Err(fault) => {
                tracing::warn!(issuer = %self.trusted.issuer, %fault, "the keys of an issuer cannot be read");
                None
            }
        }
    }

    fn verify(&self, token: &str, header: &Header, now: i64) -> Option<Foreign> {
        let plain = header.jku.is_none() && header.jwk.is_none() && header.x5u.is_none() && header.x5c.is_none();
        let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        if !plain || !matches!(typ.as_str(), "jwt" | "at+jwt") {
            return None;
        }
        let name = header.kid.as_deref()?;
        let found = |keys: Arc<Keys>| keys.set.find(name).cloned();
        // Read anew first: a key that was taken out of the file is trusted no longer.
        let key = self.newer_keys().map_or_else(|| found(self.keys()), found)?;
        if !fits(&key, header.alg) {
            return None;
        }
        let verifies = DecodingKey::from_jwk(&key).ok()?;
        let claims = decode::<Claims>(token, &verifies, &self.validation(header.alg)).ok()?.claims;
        let fits = timely(&claims, now) && (1..=255).contains(&claims.sub.len()) && !claims.sub.contains('\n');
        fits.then(|| Foreign { issuer: self.trusted.issuer.clone(), subject: claims.sub })
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.trusted.issuer]);
        validation.set_audience(&[&self.trusted.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

/// By the door's clock, which the library does not know.
fn timely(claims: &Claims, now: i64) -> bool {
    let begun = [claims.iat, claims.nbf].into_iter().flatten().all(|moment| moment <= now.saturating_add(SKEW));
    let from = claims.iat.unwrap_or(now);
    let life = claims.exp.checked_sub(from);
    begun && claims.exp > now && life.is_some_and(|seconds| (0..=LONGEST_LIFE).contains(&seconds))
}

/// Whether a key may be used with an algorithm: never a public key as a shared secret, never a weak one.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    if !matches!(&key.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return false;
    }
    if key.common.key_algorithm.is_some_and(|said| said != KeyAlgorithm::from(algorithm)) {
        return false;
    }
    match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(
            algorithm,
            Algorithm::RS256
                | Algorithm::RS384
                | Algorithm::RS512
                | Algorithm::PS256
                | Algorithm::PS384
                | Algorithm::PS512
        ),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(_) => algorithm == Algorithm::EdDSA,
        _ => false,
    }
}

fn written(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

impl Keys {
    fn read(file: &Path) -> Result<Self, String> {
        let written = written(file);
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let set: JwkSet =
            serde_json::from_str(&text).map_err(|error| format!("{} is no JWK set: {error}", file.display()))?;
        Ok(Self { set, written })
    }
}
