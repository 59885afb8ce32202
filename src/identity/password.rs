//! `/v1/me/password`: a user changes the own password by the old one. A wrong old one counts as a failed
//! sign-in, so that a token that was taken is no way to guess it.

use actix_web::{HttpMessage, HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::login::address;
use super::oauth::{part, request_id};
use super::token::Verified;
use crate::access::{Caller, CallerKind, Create, Door, Named, Noun, Permit};
use crate::error::{Error, Fault, Result, Words};
use crate::http::{Body, NoContent};
use crate::resources::user::failure_store::Counted;
use crate::resources::user::{User, UserCredential, credential_store, session_store, store};
use crate::vault::{Hashed, NewPassword, Password, Passwords, passwords};

/// A password to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MePassword {
    /// The password as it is.
    pub current_password: Password,
    /// The password as it shall be: none that others would guess first, of whatever characters.
    pub new_password: NewPassword,
}

impl Named for MePassword {
    const NOUN: Noun = Noun::MePassword;
}

/// The user who asks, and the password in force.
struct Own {
    user: User,
    credential: UserCredential,
    hashed: Hashed,
    counted: Counted,
}

/// Changes the own password. Every other session of the user ends.
#[utoipa::path(tag = "identity", request_body = MePassword, responses((status = 204)))]
#[post("/v1/me/password")]
pub async fn create_me_password(
    permit: Permit<MePassword, Create>,
    body: Body<MePassword>,
    request: HttpRequest,
    turns: web::Data<Passwords>,
) -> Result<NoContent> {
    let said = body.read()?;
    let new = said.new_password.clear().clone();
    long_enough(passwords::length(&new))?;
    let caller = permit.caller().clone();
    let own = own(&request, caller).await?;
    let words = vec![own.user.username.as_str().to_owned(), own.user.fields.display_name.as_str().to_owned()];
    if turns.guessable(new.clone(), words).await? {
        return Err(weak());
    }
    let right = turns.verify(said.current_password.clear().clone(), Some(own.hashed.clone())).await?;
    let hashed = turns.hash(new).await?;
    let jti = request.extensions().get::<Verified>().map(|verified| verified.jti);
    let done = permit
        .write(move |tx| {
            tx.alone()?;
            let refused = !right || own.counted.locked(tx)?;
            let session = jti.map(|jti| session_store::of_token(tx, jti)).transpose()?.flatten();
            let changed = body.once(tx, |tx| {
                if refused {
                    return Err(wrong());
                }
                credential_store::choose(tx, &own.user, &own.credential, &hashed)?;
                session_store::end_all(tx, own.user.id(), session.map(|(session, _)| session))?;
                own.counted.succeeded(tx)?;
                Ok(own.credential.meta.id)
            });
            match changed {
                Err(Error::RuleViolated(_)) if refused => own.counted.failed(tx).map(|()| false),
                other => other.map(|_| true),
            }
        })
        .await?;
    if done { Ok(NoContent) } else { Err(wrong()) }
}

async fn own(request: &HttpRequest, caller: Caller) -> Result<Own> {
    if caller.kind != CallerKind::User {
        return Err(Error::rule("Only a user has a password.", "Chỉ người dùng mới có mật khẩu."));
    }
    let address = address(request);
    let id = caller.id.cast();
    let found = part::<Door>(request)?
        .read(std::sync::Arc::new(caller), move |tx| {
            let user = store::find(tx, id)?;
            let counted = Counted::new(tx, user.username.as_str(), &address)?;
            let kept = credential_store::of_user(tx, &user)?;
            Ok(kept.map(|(credential, hashed)| Own { user, credential, hashed, counted }))
        })
        .await?;
    tracing::debug!(request_id = %request_id(request), "a password is being changed");
    found.ok_or_else(|| Error::rule("There is no password to change.", "Không có mật khẩu để đổi."))
}

fn wrong() -> Error {
    Error::rule("The current password is wrong.", "Mật khẩu hiện tại không đúng.")
}

fn weak() -> Error {
    let detail = Words::new(
        "This password is among those that others would guess first.",
        "Mật khẩu này thuộc loại dễ bị đoán nhất.",
    );
    Error::Invalid(vec![Fault::body("/newPassword", "too-weak", detail)])
}

/// Characters may melt together when a text is brought into its one spelling.
fn long_enough(length: usize) -> Result<()> {
    match length {
        0..12 => {
            let detail = Words::new("At least 12 characters.", "Tối thiểu 12 ký tự.");
            Err(Error::Invalid(vec![Fault::body("/newPassword", "too-short", detail)]))
        }
        _ => Ok(()),
    }
}
