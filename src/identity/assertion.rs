//! Assertions of clients (`private_key_jwt`: RFC 7521, RFC 7523, OpenID Connect Core, section 9): a client
//! shows that it holds the key whose public half it registered, and sends no secret. Each is good once,
//! for five minutes at most. Nothing in one says where to look for a key.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Validation, decode};
use serde::Deserialize;

use super::oauth::{Form, INVALID_CLIENT, Refusal};
use crate::access::{Caller, Door};
use crate::error::Result;
use crate::resources::client::assertion_store::Assertion as Kept;
use crate::resources::client::{Client, ClientId, PublicKey, store};
use crate::types::Moment;

/// The one type of assertion there is here (RFC 7523, section 2.2).
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest one that is looked at, in bytes; how long one may be good, and how far a client's clock
/// may be ahead, in seconds.
const LONGEST: usize = 4096;
const LONGEST_LIFE: i64 = 300;
const SKEW: i64 = 30;

/// An assertion as it was sent.
pub struct Assertion {
    token: String,
    /// What was sent beside it as `client_id`.
    named: Option<String>,
}

/// What a header may say. Whatever else there may be in one (`crit`, `jku`, `jwk`, `x5u`, …) is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
}

/// One, alone in its list or without one: an assertion for two services could be carried from one to the other.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Only([String; 1]),
}

impl Audience {
    fn name(&self) -> &str {
        match self {
            Self::One(name) | Self::Only([name]) => name,
        }
    }
}

impl Assertion {
    /// Out of a form; none where there is neither an assertion nor its type.
    pub fn read(form: &Form) -> Result<Option<Self>, Refusal> {
        match (form.get("client_assertion_type"), form.get("client_assertion")) {
            (None, None) => Ok(None),
            (Some(TYPE), Some(token)) => {
                Ok(Some(Self { token: token.to_owned(), named: form.get("client_id").map(str::to_owned) }))
            }
            _ => Err(INVALID_CLIENT),
        }
    }

    /// The client that made it, if everything about it is right but that it may have been used before.
    pub async fn client(&self, door: &Door, issuer: &str) -> Result<Option<(Client, Kept)>> {
        let Some((id, head)) = self.said() else {
            return Ok(None);
        };
        let found = door.read(Arc::new(Caller::system()), move |tx| store::by_id(tx, id)).await?;
        let Some((client, _)) = found.filter(|(client, _)| client.active()) else {
            return Ok(None);
        };
        let keys = client.fields.public_keys.as_deref().unwrap_or_default();
        let claims = meant(keys, head.kid.as_deref()).and_then(|key| self.signed(key, &head.alg));
        let right = claims.filter(|claims| claims.right(id, issuer, door.clock().now().seconds()));
        Ok(right.map(|claims| {
            let kept = claims.kept(id);
            (client, kept)
        }))
    }

    /// Who it says made it, and how; nothing of it is verified yet.
    fn said(&self) -> Option<(ClientId, Head)> {
        let mut parts = self.token.split('.');
        let (head, claims) = (parts.next()?, parts.next()?);
        let head: Head = read(head).filter(|_| self.token.len() <= LONGEST)?;
        let typ = head.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        let claims: Claims = read(claims)?;
        let named = self.named.as_ref().is_none_or(|named| *named == claims.sub);
        let fits = matches!(typ.as_str(), "jwt" | "client-authentication+jwt") && named;
        fits.then_some((claims.sub.parse().ok()?, head))
    }

    /// What it says, if this key made it.
    fn signed(&self, key: &PublicKey, algorithm: &str) -> Option<Claims> {
        let (only, verifies) = key.verifies().filter(|_| key.algorithm().as_str() == algorithm)?;
        // The library knows neither the door's clock nor that an audience is one alone.
        let mut validation = Validation::new(only);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Some(decode::<Claims>(&self.token, &verifies, &validation).ok()?.claims)
    }
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The key that a header names, or the only one.
fn meant<'a>(keys: &'a [PublicKey], named: Option<&str>) -> Option<&'a PublicKey> {
    match (named, keys) {
        (Some(name), _) => keys.iter().find(|key| key.kid.as_str() == name),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

impl Claims {
    fn right(&self, client: ClientId, issuer: &str, now: i64) -> bool {
        let own = self.iss == self.sub && self.sub == client.to_string();
        let here = self.aud.name() == issuer || self.aud.name().strip_prefix(issuer) == Some("/oauth/token");
        let begun = [Some(self.iat), self.nbf].into_iter().flatten().all(|moment| moment <= now.saturating_add(SKEW));
        let good = |from: i64| self.exp.checked_sub(from).is_some_and(|life| (1..=LONGEST_LIFE).contains(&life));
        own && here && begun && good(now) && good(self.iat) && (1..=255).contains(&self.jti.len())
    }

    fn kept(&self, client: ClientId) -> Kept {
        let at = |seconds: i64| Moment::from_micros(seconds * 1_000_000);
        let jti = digest(&SHA256, self.jti.as_bytes()).as_ref().to_vec();
        Kept { client, jti, made: at(self.iat), expires: at(self.exp) }
    }
}
