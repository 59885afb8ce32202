//! Routes of users and of their passwords.

use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::credential::UserCredentialSort;
use super::{
    IssuedPassword, NewUser, NewUserCredential, User, UserCredential, UserCredentialId, UserFields, UserFilter, UserId,
    UserSort, credential_store, store,
};
use crate::access::{Create, Permit, Read, Update};
use crate::error::Result;
use crate::history::{self, Version};
use crate::http::{
    AskFor, At, Body, Created, IfMatch, ListParams, Listed, MergePatch, NoFilter, Page, Plain, Tagged, VersionSort,
};
use crate::vault::{Passwords, passwords};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users)
        .service(create_user)
        .service(show_user)
        .service(update_user)
        .service(list_user_versions)
        .service(show_user_version)
        .service(list_user_credentials)
        .service(create_user_credential)
        .service(show_user_credential);
}

/// Lists the users of the caller's territory.
#[utoipa::path(tag = "users", params(ListParams<UserFilter, UserSort>), responses((status = 200, body = Page<User>)))]
#[get("")]
async fn list_users(permit: Permit<User, Read>, ask: AskFor<UserFilter, UserSort>) -> Result<Listed<User>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a user.
#[utoipa::path(tag = "users", request_body = NewUser, responses((status = 201, body = User)))]
#[post("")]
async fn create_user(permit: Permit<User, Create>, body: Body<NewUser>) -> Result<Created<User>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a user.
#[utoipa::path(tag = "users", responses((status = 200, body = User)))]
#[get("/{userId}")]
async fn show_user(permit: Permit<User, Read>, At((id,)): At<(UserId,)>) -> Result<Tagged<User>> {
    permit.read(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a user.
#[utoipa::path(tag = "users", responses((status = 200, body = User)))]
#[patch("/{userId}")]
async fn update_user(
    permit: Permit<User, Update>,
    At((id,)): At<(UserId,)>,
    seen: IfMatch,
    patch: MergePatch<UserFields>,
) -> Result<Tagged<User>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Lists the versions of a user.
#[utoipa::path(tag = "users", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<User>>)))]
#[get("/{userId}/versions")]
async fn list_user_versions(
    permit: Permit<User, Read>,
    At((id,)): At<(UserId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<User>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a user as it was at one version.
#[utoipa::path(tag = "users", responses((status = 200, body = Version<User>)))]
#[get("/{userId}/versions/{version}")]
async fn show_user_version(
    permit: Permit<User, Read>,
    At((id, version)): At<(UserId, i32)>,
) -> Result<Plain<Version<User>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}

/// Lists the passwords of a user, without them: none or one.
#[utoipa::path(tag = "users", params(ListParams<NoFilter, UserCredentialSort>), responses((status = 200, body = Page<UserCredential>)))]
#[get("/{userId}/credentials")]
async fn list_user_credentials(
    permit: Permit<UserCredential, Read>,
    At((id,)): At<(UserId,)>,
    ask: AskFor<NoFilter, UserCredentialSort>,
) -> Result<Listed<UserCredential>> {
    permit
        .read(move |tx| {
            let user = store::find(tx, id)?;
            credential_store::list(tx, &user, &ask.read(tx)?)
        })
        .await
}

/// Makes a one-time password and shows it, this once. The password before and every session of the user end.
#[utoipa::path(tag = "users", request_body = NewUserCredential, responses((status = 201, body = IssuedPassword)))]
#[post("/{userId}/credentials")]
async fn create_user_credential(
    permit: Permit<UserCredential, Create>,
    At((id,)): At<(UserId,)>,
    body: Body<NewUserCredential>,
    turns: web::Data<Passwords>,
) -> Result<Created<IssuedPassword>> {
    let password = passwords::one_time()?;
    let hashed = turns.hash(password.clone()).await?;
    permit
        .write(move |tx| {
            let user = store::find(tx, id)?;
            let new = body.read_or_empty()?;
            let mut shown = None;
            let made = body.once(tx, |tx| {
                let made = credential_store::replace(tx, &user, new.id, &hashed)?;
                shown = Some(password.reveal().to_owned());
                Ok(made)
            })?;
            Ok(Created(IssuedPassword { credential: credential_store::find(tx, &user, made)?, password: shown }))
        })
        .await
}

/// Shows a password's record, without the password.
#[utoipa::path(tag = "users", responses((status = 200, body = UserCredential)))]
#[get("/{userId}/credentials/{credentialId}")]
async fn show_user_credential(
    permit: Permit<UserCredential, Read>,
    At((user, id)): At<(UserId, UserCredentialId)>,
) -> Result<Tagged<UserCredential>> {
    permit
        .read(move |tx| {
            let user = store::find(tx, user)?;
            credential_store::find(tx, &user, id).map(Tagged)
        })
        .await
}
