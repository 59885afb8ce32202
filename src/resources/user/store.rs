//! Rows of users.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Identity, NewUser, User, UserFields, UserFilter, UserId, UserSort, credential_store, identity_store, rules,
    session_store,
};
use crate::access::{MultiBackend, Role, SYSTEM, Tx, WriteTx, containing, id_taken, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, page_by};
use crate::journal::{Deed, Entry, Meta};
use crate::resources::client::State;
use crate::schema::{clients, users};
use crate::territory;
use crate::types::{Moment, Name, PrincipalId, UnitId, Username};
use crate::vault::{PersonKey, Spot};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users)]
struct UserRow {
    id: UserId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    username: Username,
    role: Role,
    unit_id: UnitId,
    state: State,
    profile: Vec<u8>,
}

/// What tells of a user, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Profile {
    display_name: Name,
    identities: Option<Vec<Identity>>,
}

fn spot<'a>(user: &'a UserId) -> Spot<'a> {
    Spot { table: "users", column: "profile", row: user }
}

impl UserRow {
    fn new(user: &User, key: &PersonKey) -> Result<Self> {
        let (meta, fields) = (&user.meta, user.fields.clone());
        let profile = Profile { display_name: fields.display_name, identities: fields.identities };
        let clear = Zeroizing::new(serde_json::to_vec(&profile).map_err(Error::internal)?);
        let id = user.id();
        Ok(Self {
            id,
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            username: user.username.clone(),
            role: fields.role,
            unit_id: fields.unit_id,
            state: fields.state.unwrap_or(State::Active),
            profile: key.seal(spot(&id), &clear)?,
        })
    }

    fn open(self, key: Option<&PersonKey>) -> Result<User> {
        let key = key.ok_or_else(|| Error::internal("a user without a key"))?;
        let clear = key.open(spot(&self.id), &self.profile)?;
        let profile: Profile = serde_json::from_slice(&clear).map_err(Error::internal)?;
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Ok(User {
            meta: Meta::new(self.id, self.version, created, updated),
            username: self.username,
            fields: UserFields {
                display_name: profile.display_name,
                role: self.role,
                unit_id: self.unit_id,
                identities: profile.identities,
                state: Some(self.state),
            },
        })
    }
}

fn opened(tx: &mut Tx<'_>, rows: Vec<UserRow>) -> Result<Vec<User>> {
    let keys = tx.person_keys(rows.iter().map(|row| row.id.cast()).collect())?;
    rows.into_iter()
        .map(|row| {
            let key = keys.get(&row.id.cast());
            row.open(key)
        })
        .collect()
}

fn first(tx: &mut Tx<'_>, found: Option<UserRow>) -> Result<Option<User>> {
    Ok(opened(tx, found.into_iter().collect())?.pop())
}

fn filtered(tx: &mut Tx<'_>, filter: &UserFilter) -> Result<users::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = users::table.filter(users::unit_id.eq_any(units)).into_boxed();
    if let Some(roles) = &filter.role {
        query = query.filter(users::role.eq_any(roles.clone()));
    }
    if let Some(states) = &filter.state {
        query = query.filter(users::state.eq_any(states.clone()));
    }
    if let Some(q) = &filter.q {
        query = query.filter(users::username.like(containing(q.as_str())).escape('\\'));
    }
    Ok(query)
}

/// One page of the users in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<UserFilter, UserSort>) -> Result<Listed<User>> {
    let query = filtered(tx, &ask.filter)?.select(UserRow::as_select());
    let cut = match ask.sort {
        UserSort::CreatedAt => page_by!(tx, ask, query, users.created_at: Moment),
        UserSort::Username => page_by!(tx, ask, query, users.username: Username),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.with(|rows| opened(tx, rows))?, total)
}

/// The user, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<User> {
    let found = users::table.filter(territory::is_own!(tx, users::unit_id)).filter(users::id.eq(id));
    let row = found.select(UserRow::as_select()).first(tx.conn()).optional()?;
    first(tx, row)?.ok_or(Error::NotFound)
}

/// The user of an id, wherever it lies; for signing in.
pub fn by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>> {
    let row = users::table.find(id).select(UserRow::as_select()).first(tx.conn()).optional()?;
    first(tx, row)
}

/// The user of a name, wherever it lies; for signing in.
pub fn by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<User>> {
    let found = users::table.filter(users::username.eq(username.to_owned())).select(UserRow::as_select());
    let row = found.first(tx.conn()).optional()?;
    first(tx, row)
}

/// What was left out filled in.
fn settled(mut fields: UserFields) -> UserFields {
    fields.state.get_or_insert(State::Active);
    fields.identities = fields.identities.filter(|identities| !identities.is_empty());
    fields
}

/// Creates a user in the caller's territory, with a key of its own and no password yet.
pub fn create(tx: &mut WriteTx<'_>, new: NewUser) -> Result<UserId> {
    territory::must_hold(tx, new.fields.unit_id, "/unitId")?;
    let id: UserId = tx.id_or_new(new.id);
    must_be_nobodys(tx, id.cast())?;
    let user = User { meta: tx.first_version(id), username: new.username, fields: settled(new.fields) };
    let key = tx.new_person(id.cast())?;
    diesel::insert_into(users::table).values(UserRow::new(&user, &key)?).execute(tx.write()).map_err(on_conflict(
        &[("users_pkey", "users.id", id_taken), ("users_username", "users.username", username_taken)],
    ))?;
    identity_store::link(tx, &user)?;
    tx.created(&user)?;
    Ok(id)
}

fn username_taken() -> Error {
    Error::Duplicate(Words::new("The username is taken.", "username đã được dùng."))
}

/// A principal's id is no other principal's, of whatever kind: tokens name principals by their ids.
pub fn must_be_nobodys(tx: &mut WriteTx<'_>, id: PrincipalId) -> Result<()> {
    tx.alone()?;
    let clients: i64 = clients::table.find(id).count().get_result(tx.conn())?;
    let users: i64 = users::table.find(id).count().get_result(tx.conn())?;
    if clients + users > 0 || id == SYSTEM { Err(id_taken()) } else { Ok(()) }
}

/// Changes a user; rights that change are entered as a grant beside the change. A user who is disabled
/// loses his sessions.
pub fn update(tx: &mut WriteTx<'_>, before: &User, fields: UserFields) -> Result<()> {
    if fields.unit_id != before.fields.unit_id {
        territory::must_hold(tx, fields.unit_id, "/unitId")?;
    }
    let after =
        User { meta: tx.next_version(&before.meta), username: before.username.clone(), fields: settled(fields) };
    rules::of_oneself(tx.caller().id, before, &after.fields)?;
    let key = tx.person_key(before.meta.id.cast())?.ok_or_else(|| Error::internal("a user without a key"))?;
    let found = users::table.filter(users::id.eq(after.id())).filter(users::version.eq(before.meta.version));
    if diesel::update(found).set(UserRow::new(&after, &key)?).execute(tx.write())? != 1 {
        return Err(Error::Raced);
    }
    if before.fields.identities != after.fields.identities {
        identity_store::unlink(tx, &after)?;
        identity_store::link(tx, &after)?;
    }
    if !after.active() {
        session_store::end_all(tx, after.id(), None)?;
    }
    if rules::rights_differ(&before.fields, &after.fields) {
        tx.enter(Entry::about(Deed::Grant, &after));
    }
    tx.updated(before, &after)?;
    match before.fields.unit_id == after.fields.unit_id {
        true => Ok(()),
        false => credential_store::moved(tx, before, after.fields.unit_id),
    }
}
