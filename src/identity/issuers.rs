//! Trusted issuers (OpenID Connect): users who sign in elsewhere come with that issuer's token. It says
//! who they are there and nothing more; which user that is, is written in the user's `identities`.
//! Keys come from a file, or from the one address that is configured for an issuer (`remote`): nothing
//! in a token says where to look, and only a token that would be good under a key not known yet has
//! the keys fetched.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;

use super::jwks::{Keys, asymmetric};
use super::remote::Remote;
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
    jwks_file: Option<PathBuf>,
    jwks_uri: Option<String>,
}

struct Issuer {
    name: String,
    audience: String,
    source: Source,
}

/// Where an issuer's keys come from.
enum Source {
    File(KeysFile),
    Remote(Remote),
}

struct KeysFile {
    path: PathBuf,
    read: RwLock<Arc<Read>>,
}

/// What a file held, and when it was written.
struct Read {
    keys: Arc<Keys>,
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
    iss: String,
    aud: Audience,
    sub: String,
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A token that everything is right about but, as far as one knows, its signature.
struct Plausible<'a> {
    token: &'a str,
    issuer: &'a Issuer,
    algorithm: Algorithm,
    key: String,
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
            let form = "[{\"issuer\", \"audience\", \"jwksFile\" or \"jwksUri\"}]";
            refused(format!("must hold {form}; line {} does not", error.line()))
        })?;
        let names: std::collections::BTreeSet<&str> = trusted.iter().map(|one| one.issuer.as_str()).collect();
        if names.len() != trusted.len() || names.contains(own) {
            return Err(refused("names an issuer twice, or this service itself"));
        }
        if trusted.iter().any(|one| one.issuer.is_empty() || one.audience.is_empty()) {
            return Err(refused("an issuer or an audience is empty"));
        }
        let all = trusted.into_iter().map(|one| Issuer::new(one, &clock)).collect::<Result<_>>()?;
        Ok(Self { all, clock })
    }

    /// Who the token speaks of, if a trusted issuer made it for this service and it is still good.
    pub async fn verify(&self, token: &str) -> Option<Foreign> {
        let read = self.plausible(token)?;
        let known = read.issuer.source.key(&read.key, read.algorithm);
        let key = match (known, &read.issuer.source) {
            (Some(key), _) => key,
            (None, Source::Remote(remote)) => {
                remote.renew().await;
                read.issuer.source.key(&read.key, read.algorithm)?
            }
            (None, Source::File(_)) => return None,
        };
        read.verify(&key)
    }

    fn plausible<'a>(&'a self, token: &'a str) -> Option<Plausible<'a>> {
        if self.all.is_empty() || token.len() > LONGEST || names_crit(token) {
            return None;
        }
        let header = decode_header(token).ok().filter(plain).filter(|header| asymmetric(header.alg))?;
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let claims: Claims = serde_json::from_slice(&payload).ok()?;
        let issuer = self.all.iter().find(|issuer| issuer.name == claims.iss)?;
        let said = (1..=255).contains(&claims.sub.len()) && !claims.sub.contains('\n');
        let fits = said && claims.aud.holds(&issuer.audience) && timely(&claims, self.clock.now().seconds());
        fits.then_some(Plausible { token, issuer, algorithm: header.alg, key: header.kid? })
    }
}

impl Plausible<'_> {
    fn verify(&self, key: &Jwk) -> Option<Foreign> {
        let verifies = DecodingKey::from_jwk(key).ok()?;
        let claims = decode::<Claims>(self.token, &verifies, &self.issuer.validation(self.algorithm)).ok()?.claims;
        Some(Foreign { issuer: claims.iss, subject: claims.sub })
    }
}

/// A header that points nowhere, of a token for signing in.
fn plain(header: &Header) -> bool {
    let bare = header.jku.is_none() && header.jwk.is_none() && header.x5u.is_none() && header.x5c.is_none();
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    bare && matches!(typ.as_str(), "jwt" | "at+jwt")
}

impl Audience {
    fn holds(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Several(all) => all.iter().any(|one| one == name),
        }
    }
}

impl Issuer {
    fn new(trusted: Trusted, clock: &Clock) -> Result<Self> {
        let Trusted { issuer: name, audience, jwks_file, jwks_uri } = trusted;
        let source = match (jwks_file, jwks_uri) {
            (Some(path), None) => Source::File(KeysFile::open(path).map_err(refused)?),
            (None, Some(uri)) => {
                let remote = Remote::open(&uri, clock.clone());
                Source::Remote(remote.map_err(|fault| refused(format!("jwksUri {fault}")))?)
            }
            _ => return Err(refused("an issuer has either jwksFile or jwksUri")),
        };
        Ok(Self { name, audience, source })
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&[&self.audience]);
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

impl Source {
    /// The key of this name, as far as it is known now.
    fn key(&self, name: &str, algorithm: Algorithm) -> Option<Jwk> {
        match self {
            Self::File(file) => file.keys().find(name, algorithm),
            Self::Remote(remote) => remote.keys()?.find(name, algorithm),
        }
    }
}

impl KeysFile {
    fn open(path: PathBuf) -> Result<Self, String> {
        let read = Read::of(&path)?;
        Ok(Self { path, read: RwLock::new(Arc::new(read)) })
    }

    /// The keys, read anew where the file is another since: one that was taken out is trusted no longer.
    fn keys(&self) -> Arc<Keys> {
        let known = self.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        if written(&self.path) == known.written {
            return known.keys.clone();
        }
        match Read::of(&self.path) {
            Ok(read) => {
                let keys = read.keys.clone();
                *self.read.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
                keys
            }
            Err(fault) => {
                tracing::warn!(%fault, "the keys of an issuer cannot be read");
                known.keys.clone()
            }
        }
    }
}

fn written(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

impl Read {
    fn of(file: &Path) -> Result<Self, String> {
        let written = written(file);
        let named = |fault: String| format!("{}: {fault}", file.display());
        let bytes = std::fs::read(file).map_err(|error| named(error.to_string()))?;
        Ok(Self { keys: Arc::new(Keys::read(&bytes).map_err(named)?), written })
    }
}
