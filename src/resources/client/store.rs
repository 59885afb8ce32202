//! Rows of clients and of their credentials.

use crate::resources::client::ClientCredentialId;
use crate::resources::client::ClientId;
use crate::resources::client::NewClientCredentialId;
use crate::types::PrincipalId;
use crate::types::UnitId;
use diesel::prelude::*;

use super::credential::CredentialSort;
use super::{
    Client, ClientCredential, ClientFields, ClientFilter, ClientSort, DEFAULT_RATE_LIMIT, NewClient, PublicKey, State,
    rules,
};
use crate::access::{MultiBackend, Scope, Tx, WriteTx, containing, id_taken, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, page_by};
use crate::journal::{Deed, Entry, Meta};
use crate::schema::{client_credentials, clients};
use crate::territory;
use crate::types::{Json, LongCode, Moment, Name, SortKey, fold};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
struct ClientRow {
    id: ClientId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    name: Name,
    name_key: SortKey,
    search: String,
    organisation_code: Option<LongCode>,
    scopes: String,
    unit_id: UnitId,
    rate_limit_per_minute: i64,
    state: State,
    public_keys: Option<Json<Vec<PublicKey>>>,
}

impl ClientRow {
    fn new(client: &Client) -> Self {
        let (meta, fields) = (&client.meta, client.fields.clone());
        let scopes: Vec<&str> = fields.scopes.iter().map(|s| s.as_str()).collect();
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            name_key: SortKey::of(fields.name.as_str()),
            search: fold(fields.name.as_str()),
            name: fields.name,
            organisation_code: fields.organisation_code,
            scopes: scopes.join(" "),
            unit_id: fields.unit_id,
            rate_limit_per_minute: fields.rate_limit_per_minute.unwrap_or(DEFAULT_RATE_LIMIT),
            state: fields.state.unwrap_or(State::Active),
            public_keys: fields.public_keys.map(Json),
        }
    }

    fn client(self) -> Client {
        Client {
            meta: Meta::new(
                self.id,
                self.version,
                (self.created_at, self.created_by),
                (self.updated_at, self.updated_by),
            ),
            fields: ClientFields {
                name: self.name,
                organisation_code: self.organisation_code,
                scopes: self.scopes.split_whitespace().filter_map(|s| s.parse().ok()).collect(),
                unit_id: self.unit_id,
                rate_limit_per_minute: Some(self.rate_limit_per_minute),
                public_keys: self.public_keys.map(|keys| keys.0),
                state: Some(self.state),
            },
        }
    }
}

fn visible(tx: &Tx<'_>) -> clients::BoxedQuery<'static, MultiBackend> {
    clients::table.filter(territory::is_own!(tx, clients::unit_id)).into_boxed()
}

fn filtered(tx: &mut Tx<'_>, filter: &ClientFilter) -> Result<clients::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = clients::table.filter(clients::unit_id.eq_any(units)).into_boxed();
    if let Some(states) = &filter.state {
        query = query.filter(clients::state.eq_any(states.clone()));
    }
    if let Some(q) = &filter.q {
        query = query.filter(clients::search.like(containing(q.as_str())).escape('\\'));
    }
    Ok(query)
}

/// One page of the clients in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<ClientFilter, ClientSort>) -> Result<Listed<Client>> {
    let query = filtered(tx, &ask.filter)?.select(ClientRow::as_select());
    let cut = match ask.sort {
        ClientSort::CreatedAt => page_by!(tx, ask, query, clients.created_at: Moment),
        ClientSort::Name => page_by!(tx, ask, query, clients.name_key: SortKey),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.map(ClientRow::client), total)
}

/// The client, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: ClientId) -> Result<Client> {
    let row = visible(tx).filter(clients::id.eq(id)).select(ClientRow::as_select()).first(tx.conn()).optional()?;
    row.map(ClientRow::client).ok_or(Error::NotFound)
}

/// Creates a client in the caller's territory.
pub fn create(tx: &mut WriteTx<'_>, new: NewClient) -> Result<ClientId> {
    territory::must_hold(tx, new.fields.unit_id, "/unitId")?;
    rules::keys(new.fields.public_keys.as_deref().unwrap_or_default())?;
    let id: ClientId = tx.id_or_new(new.id);
    crate::resources::user::store::must_be_nobodys(tx, id.cast())?;
    let client = Client { meta: tx.first_version(id), fields: settled(new.fields) };
    diesel::insert_into(clients::table)
        .values(ClientRow::new(&client))
        .execute(tx.write())
        .map_err(on_conflict(&[("clients_pkey", "clients.id", id_taken)]))?;
    tx.created(&client)?;
    Ok(id)
}

/// Scopes once each in the order of the policy, and what was left out filled in.
fn settled(mut fields: ClientFields) -> ClientFields {
    let given: crate::access::ScopeSet = fields.scopes.into_iter().collect();
    fields.scopes = given.iter().collect::<Vec<Scope>>();
    fields.rate_limit_per_minute.get_or_insert(DEFAULT_RATE_LIMIT);
    fields.state.get_or_insert(State::Active);
    fields
}

/// Changes a client; rights that change are entered as a grant beside the change.
pub fn update(tx: &mut WriteTx<'_>, before: &Client, fields: ClientFields) -> Result<()> {
    if fields.unit_id != before.fields.unit_id {
        territory::must_hold(tx, fields.unit_id, "/unitId")?;
    }
    rules::keys(fields.public_keys.as_deref().unwrap_or_default())?;
    let after = Client { meta: tx.next_version(&before.meta), fields: settled(fields) };
    let id: ClientId = after.meta.id.cast();
    let found = clients::table.filter(clients::id.eq(id)).filter(clients::version.eq(before.meta.version));
    let changed = diesel::update(found).set(ClientRow::new(&after)).execute(tx.write())?;
    if changed != 1 {
        return Err(Error::Raced);
    }
    let rights = |client: &Client| {
        let fields = client.fields.clone();
        (fields.scopes, fields.unit_id, fields.state, fields.public_keys)
    };
    if rights(before) != rights(&after) {
        tx.enter(Entry::about(Deed::Grant, &after));
    }
    tx.updated(before, &after)?;
    match before.fields.unit_id == after.fields.unit_id {
        true => Ok(()),
        false => move_credentials(tx, before, after.fields.unit_id),
    }
}

/// Moves the credentials of a client along with it, in the sight of those who read the feed.
fn move_credentials(tx: &mut WriteTx<'_>, client: &Client, unit_id: UnitId) -> Result<()> {
    // One that is made at the same time is seen here, or sees the change.
    tx.alone()?;
    let of_client = client_credentials::client_id.eq(client.meta.id.cast::<Client>());
    let found = client_credentials::table.filter(of_client).order(client_credentials::id);
    let rows: Vec<CredentialRow> = found.select(CredentialRow::as_select()).load(tx.conn())?;
    for before in rows.into_iter().map(|row| row.credential(client)) {
        tx.updated(&before, &ClientCredential { unit_id, ..before.clone() })?;
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = client_credentials)]
struct CredentialRow {
    id: ClientCredentialId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    client_id: ClientId,
    secret_hash: Vec<u8>,
}

impl CredentialRow {
    fn credential(self, client: &Client) -> ClientCredential {
        let made = (self.created_at, self.created_by);
        ClientCredential {
            meta: Meta::new(self.id, self.version, made, made),
            client_id: self.client_id,
            unit_id: client.fields.unit_id,
        }
    }
}

/// How many credentials of a client may be valid at once: the old one and the new one.
const MOST_CREDENTIALS: i64 = 2;

/// Keeps the hash of a new secret.
pub fn create_credential(
    tx: &mut WriteTx<'_>,
    client: &Client,
    brought: Option<NewClientCredentialId>,
    secret_hash: Vec<u8>,
) -> Result<ClientCredentialId> {
    tx.alone()?;
    let client_id: ClientId = client.meta.id.cast();
    // It may have moved until now.
    let (client, _) = by_id(tx, client_id)?.ok_or(Error::NotFound)?;
    let held: i64 =
        client_credentials::table.filter(client_credentials::client_id.eq(client_id)).count().get_result(tx.conn())?;
    if held >= MOST_CREDENTIALS {
        return Err(Error::rule(
            "A client has at most two credentials; remove one first.",
            "Mỗi ứng dụng có tối đa hai thông tin đăng nhập; hãy xóa bớt.",
        ));
    }
    let id = tx.id_or_new(brought);
    let row =
        CredentialRow { id, version: 1, created_at: tx.now(), created_by: tx.caller().id, client_id, secret_hash };
    diesel::insert_into(client_credentials::table).values(&row).execute(tx.write()).map_err(on_conflict(&[(
        "client_credentials_pkey",
        "client_credentials.id",
        id_taken,
    )]))?;
    let credential = row.credential(&client);
    tx.enter(Entry::about(Deed::Grant, &credential));
    tx.created(&credential)?;
    Ok(id)
}

/// One page of a client's credentials, without their secrets.
pub fn list_credentials(
    tx: &mut Tx<'_>,
    client: &Client,
    ask: &Ask<NoFilter, CredentialSort>,
) -> Result<Listed<ClientCredential>> {
    let id: ClientId = client.meta.id.cast();
    let of_client = || client_credentials::table.filter(client_credentials::client_id.eq(id));
    let query = of_client().select(CredentialRow::as_select()).into_boxed();
    let cut = match ask.sort {
        CredentialSort::CreatedAt => page_by!(tx, ask, query, client_credentials.created_at: Moment),
    };
    let total = ask.total(|| Ok(of_client().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.credential(client)), total)
}

/// A credential of a client, without its secret.
pub fn find_credential(tx: &mut Tx<'_>, client: &Client, id: ClientCredentialId) -> Result<ClientCredential> {
    let row = client_credentials::table
        .find(id)
        .filter(client_credentials::client_id.eq(client.meta.id.cast::<Client>()))
        .select(CredentialRow::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| row.credential(client)).ok_or(Error::NotFound)
}

/// Removes a credential: its secret opens nothing from here on.
pub fn remove_credential(tx: &mut WriteTx<'_>, credential: &ClientCredential) -> Result<()> {
    let found = client_credentials::table.find(credential.meta.id.cast::<ClientCredential>());
    match diesel::delete(found).execute(tx.write())? {
        1 => tx.deleted(credential),
        _ => Err(Error::NotFound),
    }
}

/// Removes every credential of a client.
pub(crate) fn remove_credentials(tx: &mut WriteTx<'_>, client: &Client) -> Result<()> {
    let id: ClientId = client.meta.id.cast();
    let of_client = client_credentials::table.filter(client_credentials::client_id.eq(id));
    let rows: Vec<CredentialRow> = of_client.select(CredentialRow::as_select()).load(tx.conn())?;
    rows.into_iter().try_for_each(|row| remove_credential(tx, &row.credential(client)))
}

/// The client behind a `client_id` with the hashes of its secrets, wherever it lies; for signing in.
pub fn by_id(tx: &mut Tx<'_>, id: ClientId) -> Result<Option<(Client, Vec<Vec<u8>>)>> {
    let row = clients::table.find(id).select(ClientRow::as_select()).first(tx.conn()).optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let hashes = client_credentials::table
        .filter(client_credentials::client_id.eq(id))
        .select(client_credentials::secret_hash)
        .load(tx.conn())?;
    Ok(Some((row.client(), hashes)))
}
