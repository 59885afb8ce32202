//! Signing in by username and password. An unknown name, a wrong password, a disabled and a locked
//! account are answered alike: in the same words and after the same work.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::api::actor;
use super::oauth::{Refusal, part, request_id, tokens};
use super::token::Tokens;
use crate::access::{Caller, Door, Tx};
use crate::error::{Error, Result};
use crate::journal::{Deed, Entry};
use crate::resources::user::failure_store::Counted;
use crate::resources::user::session_store::Issued;
use crate::resources::user::{User, UserCredential, credential_store, session_store, store};
use crate::types::Username;
use crate::vault::{Hashed, Password, Passwords};

/// What is sent to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    username: String,
    password: Password,
}

/// Longer than any username and any password that can be right.
const LONGEST_NAME: usize = 256;
const LONGEST_PASSWORD: usize = 4096;

const MALFORMED: Refusal = Refusal("invalid_request", "Send {\"username\", \"password\"} as application/json.");

fn said(request: &HttpRequest, body: &[u8]) -> Result<Said, Refusal> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(MALFORMED);
    }
    let said: Said = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    let (name, password) = (said.username.len(), said.password.clear().reveal().len());
    let fits = (1..=LONGEST_NAME).contains(&name) && (1..=LONGEST_PASSWORD).contains(&password);
    if fits { Ok(said) } else { Err(MALFORMED) }
}

/// `POST /oauth/login`
pub async fn login(request: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    let said = match said(&request, &body) {
        Ok(said) => said,
        Err(refusal) => return Ok(refusal.answer()),
    };
    let (door, issuer) = (part::<Door>(&request)?, part::<Tokens>(&request)?);
    part::<Passwords>(&request)?.open()?;
    let tried = tried(door, said.username, address(&request)).await?;
    if let Some(retry_after) = tried.turned_away {
        return Err(Error::TooManyRequests { retry_after });
    }
    let kept = tried.account.as_ref().map(|account| account.hashed.clone());
    let right = part::<Passwords>(&request)?.verify(said.password.clear().clone(), kept).await?;
    let proven = tried.account.filter(|_| right);
    match settled(door, &request, tried.counted, proven).await? {
        Some((user, issued)) => {
            let scopes: Vec<&str> = user.fields.role.scopes().iter().map(|scope| scope.as_str()).collect();
            let access = issuer.issue(user.meta.id.cast(), issued.jti)?;
            Ok(tokens(&access, Some(&issued.refresh.reveal()), &scopes.join(" ")))
        }
        None => Ok(refused()),
    }
}

/// The one answer to whoever is not let in.
fn refused() -> HttpResponse {
    HttpResponse::build(StatusCode::UNAUTHORIZED)
        .insert_header((WWW_AUTHENTICATE, "Bearer realm=\"tuquan\""))
        .insert_header(("Cache-Control", "no-store"))
        .json(json!({"error": "invalid_grant", "error_description": "The username or the password is wrong."}))
}

/// What is known before the password is looked at.
struct Tried {
    counted: Counted,
    turned_away: Option<u64>,
    account: Option<Account>,
}

/// A user who has a password.
#[derive(Clone)]
struct Account {
    user: User,
    credential: UserCredential,
    hashed: Hashed,
}

fn account(tx: &mut Tx<'_>, username: &str) -> Result<Option<Account>> {
    let found = match Username::fits(username) {
        true => store::by_username(tx, username)?,
        false => None,
    };
    let Some(user) = found else {
        return Ok(None);
    };
    let kept = credential_store::of_user(tx, &user)?;
    Ok(kept.map(|(credential, hashed)| Account { user, credential, hashed }))
}

/// Whether the account still is what the password was checked against, and may sign in.
fn stands(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let Some(user) = store::by_id(tx, account.user.id())?.filter(User::active) else {
        return Ok(false);
    };
    let (was, now) = (&account.credential.meta, credential_store::of_user(tx, &user)?);
    Ok(now.is_some_and(|(now, _)| now.meta.id == was.id && now.meta.version == was.version))
}

async fn tried(door: &Door, username: String, address: String) -> Result<Tried> {
    door.read(Arc::new(Caller::system()), move |tx| {
        let counted = Counted::new(tx, &username, &address)?;
        let turned_away = counted.turned_away(tx)?;
        let account = account(tx, &username)?;
        Ok(Tried { counted, turned_away, account })
    })
    .await
}

/// Lets in whoever proved to be somebody, unless the account is locked by now; counts everything else.
async fn settled(
    door: &Door,
    request: &HttpRequest,
    counted: Counted,
    proven: Option<Account>,
) -> Result<Option<(User, Arc<Issued>)>> {
    let caller = proven.as_ref().map_or_else(Caller::system, |account| actor(&account.user));
    door.write(Arc::new(caller), request_id(request), move |tx| {
        tx.alone()?;
        // Asked again where it counts: of many guesses at once, those behind the fifth are not heard.
        let account = match &proven {
            Some(account) if stands(tx, account)? && !counted.locked(tx)? => account,
            _ => return counted.failed(tx).map(|()| None),
        };
        counted.succeeded(tx)?;
        let issued = session_store::begin(tx, account.user.id())?;
        tx.enter(Entry::about(Deed::Login, &account.user));
        Ok(Some((account.user.clone(), Arc::new(issued))))
    })
    .await
}

/// The address that failures are counted by; of IPv6 the network that one customer has.
pub fn address(request: &HttpRequest) -> String {
    match request.peer_addr().map(|address| address.ip().to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        None => "unknown".to_owned(),
    }
}
