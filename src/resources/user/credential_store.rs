//! Rows of passwords: one a user, its hash sealed by the user's own key.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::credential::{NewUserCredentialId, UserCredentialSort};
use super::{User, UserCredential, UserCredentialId, UserId, rules, session_store, store};
use crate::access::{Tx, WriteTx, id_taken, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, page_by};
use crate::journal::{Deed, Entry, Meta};
use crate::schema::user_credentials as credentials;
use crate::types::{Moment, PrincipalId, UnitId};
use crate::vault::{Hashed, PersonKey, Spot};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = credentials)]
struct CredentialRow {
    id: UserCredentialId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    user_id: UserId,
    hash: Vec<u8>,
    temporary: bool,
}

fn spot<'a>(id: &'a UserCredentialId) -> Spot<'a> {
    Spot { table: "user_credentials", column: "hash", row: id }
}

fn key_of(tx: &mut Tx<'_>, user: &User) -> Result<PersonKey> {
    tx.person_key(user.meta.id.cast())?.ok_or_else(|| Error::internal("a user without a key"))
}

impl CredentialRow {
    fn new(credential: &UserCredential, key: &PersonKey, hashed: &Hashed) -> Result<Self> {
        let meta = &credential.meta;
        let id = meta.id.cast();
        let clear = Zeroizing::new(serde_json::to_vec(hashed).map_err(Error::internal)?);
        Ok(Self {
            id,
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            user_id: credential.user_id,
            hash: key.seal(spot(&id), &clear)?,
            temporary: credential.temporary,
        })
    }

    fn credential(self, user: &User) -> UserCredential {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        UserCredential {
            meta: Meta::new(self.id, self.version, created, updated),
            user_id: self.user_id,
            temporary: self.temporary,
            unit_id: user.fields.unit_id,
        }
    }
}

fn row_of(tx: &mut Tx<'_>, user: &User) -> Result<Option<CredentialRow>> {
    let found = credentials::table.filter(credentials::user_id.eq(user.id())).select(CredentialRow::as_select());
    Ok(found.first(tx.conn()).optional()?)
}

/// The password in force with its hash; none for a user who has none yet.
pub fn of_user(tx: &mut Tx<'_>, user: &User) -> Result<Option<(UserCredential, Hashed)>> {
    let Some(row) = row_of(tx, user)? else {
        return Ok(None);
    };
    let clear = key_of(tx, user)?.open(spot(&row.id), &row.hash)?;
    let hashed = serde_json::from_slice(&clear).map_err(Error::internal)?;
    Ok(Some((row.credential(user), hashed)))
}

/// Gives the user a password that somebody else knows; the one before and every session end.
pub fn replace(
    tx: &mut WriteTx<'_>,
    user: &User,
    brought: Option<NewUserCredentialId>,
    hashed: &Hashed,
) -> Result<UserCredentialId> {
    rules::not_by_oneself(tx.caller().id, user)?;
    tx.alone()?;
    // It may have moved until now.
    let user = &store::by_id(tx, user.id())?.ok_or(Error::NotFound)?;
    if let Some(row) = row_of(tx, user)? {
        let old = row.credential(user);
        diesel::delete(credentials::table.find(old.meta.id.cast::<UserCredential>())).execute(tx.write())?;
        tx.deleted(&old)?;
    }
    let id: UserCredentialId = tx.id_or_new(brought);
    let (user_id, unit_id) = (user.id(), user.fields.unit_id);
    let credential = UserCredential { meta: tx.first_version(id), user_id, temporary: true, unit_id };
    let row = CredentialRow::new(&credential, &key_of(tx, user)?, hashed)?;
    let inserted = diesel::insert_into(credentials::table).values(row).execute(tx.write());
    inserted.map_err(on_conflict(&[("user_credentials_pkey", "user_credentials.id", id_taken)]))?;
    session_store::end_all(tx, user_id, None)?;
    tx.enter(Entry::about(Deed::Grant, &credential));
    tx.created(&credential)?;
    Ok(id)
}

/// Keeps a password that the user chose in place of `before`, as far as that is still in force.
pub fn choose(tx: &mut WriteTx<'_>, user: &User, before: &UserCredential, hashed: &Hashed) -> Result<()> {
    let after = UserCredential { meta: tx.next_version(&before.meta), temporary: false, ..before.clone() };
    let row = CredentialRow::new(&after, &key_of(tx, user)?, hashed)?;
    let id: UserCredentialId = before.meta.id.cast();
    let found = credentials::table.filter(credentials::id.eq(id)).filter(credentials::version.eq(before.meta.version));
    match diesel::update(found).set(row).execute(tx.write())? {
        1 => tx.updated(before, &after),
        _ => Err(Error::Unavailable("the password was changed meanwhile".to_owned())),
    }
}

/// Moves the password of a user along with it, in the sight of those who read the feed.
pub(super) fn moved(tx: &mut WriteTx<'_>, user: &User, unit_id: UnitId) -> Result<()> {
    // One that is given at the same time is seen here, or sees the change.
    tx.alone()?;
    let Some(row) = row_of(tx, user)? else {
        return Ok(());
    };
    let before = row.credential(user);
    tx.updated(&before, &UserCredential { unit_id, ..before.clone() })
}

/// One page of a user's passwords, without them.
pub fn list(tx: &mut Tx<'_>, user: &User, ask: &Ask<NoFilter, UserCredentialSort>) -> Result<Listed<UserCredential>> {
    let of_user = || credentials::table.filter(credentials::user_id.eq(user.id()));
    let query = of_user().select(CredentialRow::as_select()).into_boxed();
    let cut = match ask.sort {
        UserCredentialSort::CreatedAt => page_by!(tx, ask, query, credentials.created_at: Moment),
    };
    let total = ask.total(|| Ok(of_user().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.credential(user)), total)
}

/// A password of a user, without it.
pub fn find(tx: &mut Tx<'_>, user: &User, id: UserCredentialId) -> Result<UserCredential> {
    let row = row_of(tx, user)?.filter(|row| row.id == id);
    row.map(|row| row.credential(user)).ok_or(Error::NotFound)
}
