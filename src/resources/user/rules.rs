//! What holds for users.

use super::{User, UserFields};
use crate::error::{Error, Result};
use crate::types::PrincipalId;

/// Nobody changes his own rights, nor who else may be him: a token that was taken must not be enough to
/// keep what it opens, and whoever administers cannot lock himself out.
pub fn of_oneself(actor: PrincipalId, before: &User, after: &UserFields) -> Result<()> {
    let is = &before.fields;
    let same = is.role == after.role
        && is.unit_id == after.unit_id
        && is.state == after.state
        && is.identities == after.identities;
    match before.meta.id.cast() == actor && !same {
        true => Err(Error::rule(
            "Nobody changes role, unitId, state or identities of himself.",
            "Không ai được tự thay đổi role, unitId, state hoặc identities của chính mình.",
        )),
        false => Ok(()),
    }
}

/// A user changes his own password by the old one.
pub fn not_by_oneself(actor: PrincipalId, user: &User) -> Result<()> {
    match user.meta.id.cast() == actor {
        true => {
            Err(Error::rule("Change your own password at /v1/me/password.", "Hãy tự đổi mật khẩu tại /v1/me/password."))
        }
        false => Ok(()),
    }
}

/// Whether rights changed between the two.
pub fn rights_differ(before: &UserFields, after: &UserFields) -> bool {
    before.role != after.role
        || before.unit_id != after.unit_id
        || before.state != after.state
        || before.identities != after.identities
}
