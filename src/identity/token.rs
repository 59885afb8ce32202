//! Access tokens (RFC 9068): who, for whom, until when; no rights inside.

use crate::types::PrincipalId;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
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

/// Makes and reads access tokens.
pub struct Tokens {
    keys: Keys,
    issuer: String,
    audience: String,
    clock: Clock,
}

/// What a token that is right says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verified {
    pub principal: PrincipalId,
    pub jti: TokenId,
}

#[derive(Serialize, Deserialize)]
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

impl Tokens {
    pub fn new(keys: Keys, issuer: String, audience: String, clock: Clock) -> Self {
        Self { keys, issuer, audience, clock }
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
        header.kid = Some(self.keys.signing().id.clone());
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
        encode(&header, &claims, &self.keys.signing().signs).map_err(Error::internal)
    }

    /// Whose token this is; `Unauthenticated` unless everything about it is right.
    pub fn verify(&self, token: &str) -> Result<Verified> {
        let claims = self.claims(token).ok_or(Error::Unauthenticated)?;
        Ok(Verified { principal: Id::new(claims.sub), jti: Id::new(claims.jti) })
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let header = decode_header(token).ok()?;
        let ours = header.alg == Algorithm::EdDSA
            && header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt"))
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none()
            && !names_crit(token);
        if !ours {
            return None;
        }
        let key = self.keys.by_id(header.kid.as_deref()?)?;
        let claims = decode::<Claims>(token, &key.verifies, &self.validation()).ok()?.claims;
        self.timely(&claims).then_some(claims)
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
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&bytes).map_or(true, |header| header.get("crit").is_some())
}
