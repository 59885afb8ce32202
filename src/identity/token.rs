//! Access tokens (RFC 9068): who, for whom, until when; no rights inside.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::types::PrincipalId;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
use super::lately::Lately;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::resources::user::session_store::TokenId;
use crate::types::Id;

/// How long a token is valid, in seconds; the contract allows ten minutes.
pub const LIFETIME: i64 = 600;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 4096;
/// How far the clocks of two servers may differ, in seconds.
const SKEW: i64 = 5;
/// How long a signature that was checked is not checked again: a key that is taken away is missed by then.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Makes and reads access tokens.
pub struct Tokens {
    keys: Keys,
    issuer: String,
    audience: String,
    clock: Clock,
    /// Tokens found right of late, by their hash, with what they say.
    right: Lately<[u8; 32], Arc<Claims>>,
}

/// What a token that is right says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verified {
    pub principal: PrincipalId,
    pub jti: TokenId,
}

/// What a token of ours says, all of it and nothing else.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    client_id: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The header of a token of ours. Whatever else a header may have (`crit`, `jku`, `jwk`, `x5u`, `x5c`, …)
/// is not in it, so nothing there is ever followed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

impl Head {
    fn read(token: &str) -> Option<Self> {
        let part = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        let head: Self = serde_json::from_slice(&part).ok()?;
        (head.alg == "EdDSA" && head.typ == "at+jwt").then_some(head)
    }
}

impl Tokens {
    pub fn new(keys: Keys, issuer: String, audience: String, clock: Clock) -> Self {
        Self { keys, issuer, audience, clock, right: Lately::default() }
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for `principal`, signed with the newest key.
    pub fn issue(&self, principal: PrincipalId, jti: TokenId) -> Result<String> {
        let now = self.clock.now().seconds();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        let key = self.keys.signing()?;
        header.kid = Some(key.id.clone());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: principal.uuid(),
            client_id: principal.uuid(),
            jti: jti.uuid(),
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
        };
        encode(&header, &claims, &key.signs).map_err(Error::internal)
    }

    /// Whose token this is; `Unauthenticated` unless everything about it is right.
    pub fn verify(&self, token: &str) -> Result<Verified> {
        if token.len() > LONGEST {
            return Err(Error::Unauthenticated);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let known = self.right.known(&hash, REMEMBERED, REMEMBERED);
        let claims = match known {
            Some(claims) => claims,
            None => {
                let asked = Instant::now();
                let claims = Arc::new(self.claims(token).ok_or(Error::Unauthenticated)?);
                self.right.remember(hash, asked, claims.clone());
                claims
            }
        };
        match self.timely(&claims) {
            true => Ok(Verified { principal: Id::new(claims.sub), jti: Id::new(claims.jti) }),
            false => Err(Error::Unauthenticated),
        }
    }

    /// What a token of ours says; whether it is its time is asked each time.
    fn claims(&self, token: &str) -> Option<Claims> {
        let key = self.keys.by_id(&Head::read(token)?.kid)?;
        let claims = decode::<Claims>(token, &key.verifies, &self.validation()).ok()?.claims;
        (claims.client_id == claims.sub).then_some(claims)
    }

    /// What the library checks. Time is checked here, by the door's clock.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    fn timely(&self, claims: &Claims) -> bool {
        let now = self.clock.now().seconds();
        let begun = claims.iat <= now + SKEW && claims.nbf <= now + SKEW;
        let lifetime = claims.exp.checked_sub(claims.iat);
        begun && claims.exp > now && lifetime.is_some_and(|seconds| (0..=LIFETIME).contains(&seconds))
    }
}

/// Whether the header has critical extensions (RFC 7515, section 4.1.11): none is understood here.
pub fn names_crit(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&bytes).map_or(true, |header| header.get("crit").is_some())
}
