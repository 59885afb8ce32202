//! Rows of members.

use diesel::prelude::*;

use super::profile::{Profile, seal_number};
use super::{Member, MemberFields, MemberFilter, MemberId, MemberKind, MemberSort, NewMember, Told, search};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Cleared, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::schema::members;
use crate::territory;
use crate::types::{Moment, PersonId, PrincipalId, UnitId};
use crate::vault::{Clear, PersonKey};

/// A member without its numbers, which a list has no business opening.
#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
pub(super) struct MemberRow {
    pub id: MemberId,
    version: i32,
    pub created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    kind: MemberKind,
    unit_id: UnitId,
    profile: Option<Vec<u8>>,
}

impl MemberRow {
    fn open(self, key: Option<&PersonKey>) -> Result<Member> {
        let profile = match (&self.profile, key) {
            (Some(sealed), Some(key)) => Some(Profile::open(key, self.id, sealed)?),
            (None, _) => None,
            (Some(_), None) => return Err(Error::internal("a member without a key")),
        };
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Ok(Member {
            meta: Meta::new(self.id, self.version, created, updated),
            kind: self.kind,
            unit_id: self.unit_id,
            told: profile.map_or(Told::NOTHING, Profile::told),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = members)]
struct NewRow {
    id: MemberId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    kind: MemberKind,
    unit_id: UnitId,
    profile: Vec<u8>,
    national_id: Option<Vec<u8>>,
    national_id_blind: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
}

/// What a change sets; the numbers only where they were said or cleared.
#[derive(AsChangeset)]
#[diesel(table_name = members)]
struct ChangeRow {
    version: i32,
    updated_at: Moment,
    updated_by: PrincipalId,
    kind: MemberKind,
    unit_id: UnitId,
    profile: Option<Option<Vec<u8>>>,
    national_id: Option<Option<Vec<u8>>>,
    national_id_blind: Option<Option<Vec<u8>>>,
    phone: Option<Option<Vec<u8>>>,
}

fn visible(tx: &Tx<'_>) -> members::BoxedQuery<'static, MultiBackend> {
    members::table.filter(territory::is_own!(tx, members::unit_id)).into_boxed()
}

/// The members that pass a filter, the text apart: that is sealed.
pub(super) fn filtered(tx: &mut Tx<'_>, filter: &MemberFilter) -> Result<members::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = members::table.filter(members::unit_id.eq_any(units)).into_boxed();
    if let Some(kinds) = &filter.kind {
        query = query.filter(members::kind.eq_any(kinds.clone()));
    }
    Ok(query)
}

/// Opens rows with the keys of their persons.
pub(super) fn opened(tx: &mut Tx<'_>, rows: Vec<MemberRow>) -> Result<Vec<Member>> {
    let keys = tx.person_keys(rows.iter().map(|row| row.id.cast()).collect())?;
    rows.into_iter()
        .map(|row| {
            let key = keys.get(&row.id.cast());
            row.open(key)
        })
        .collect()
}

/// One page of the members in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<MemberFilter, MemberSort>) -> Result<Listed<Member>> {
    if ask.filter.q.is_some() || ask.sort == MemberSort::Name {
        return search::list(tx, ask);
    }
    let query = filtered(tx, &ask.filter)?.select(MemberRow::as_select());
    let cut = page_by!(tx, ask, query, members.created_at: Moment);
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.with(|rows| opened(tx, rows))?, total)
}

/// The next members behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<MemberId>, most: i64) -> Result<Vec<Member>> {
    let query = visible(tx).select(MemberRow::as_select());
    let rows: Vec<MemberRow> = load_behind!(tx, query, members, after, most);
    opened(tx, rows)
}

/// The member, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: MemberId) -> Result<Member> {
    let found = visible(tx).filter(members::id.eq(id)).select(MemberRow::as_select());
    let row = found.first(tx.conn()).optional()?.ok_or(Error::NotFound)?;
    opened(tx, vec![row])?.pop().ok_or(Error::NotFound)
}

/// A member that a body names: 409 `reference-missing` where it is absent or outside, alike.
pub fn must_find(tx: &mut Tx<'_>, id: MemberId, pointer: &'static str) -> Result<Member> {
    find(tx, id).map_err(|error| match error {
        Error::NotFound => Error::ReferenceMissing { pointer },
        other => other,
    })
}

/// The members of the caller's territory that have this number.
pub(super) fn with_number(tx: &mut Tx<'_>, number: &Clear) -> Result<Vec<Member>> {
    let blinds = tx.vault()?.blinds(NATIONAL_ID, number.reveal());
    let found = visible(tx).filter(members::national_id_blind.eq_any(blinds.into_iter().map(Some).collect::<Vec<_>>()));
    let rows = found.order(members::id).limit(500).select(MemberRow::as_select()).load(tx.conn())?;
    opened(tx, rows)
}

pub(super) const NATIONAL_ID: &str = "national_id";

/// A number sealed and its blind index.
fn number(tx: &Tx<'_>, key: &PersonKey, id: MemberId, number: &Clear) -> Result<(Vec<u8>, Vec<u8>)> {
    Ok((seal_number(key, NATIONAL_ID, id, number)?, tx.vault()?.blind(NATIONAL_ID, number.reveal())?))
}

/// Creates a member with a key of its own.
pub fn create(tx: &mut WriteTx<'_>, new: NewMember) -> Result<MemberId> {
    let fields = new.fields;
    territory::must_hold(tx, fields.unit_id, "/unitId")?;
    let id: MemberId = tx.id_or_new(new.id);
    let key = tx.new_person(id.cast())?;
    let profile = Profile::new(&fields, None, &[]);
    let (national_id, national_id_blind) = match &fields.national_id {
        Some(said) => {
            let (sealed, blind) = number(tx, &key, id, said.clear())?;
            (Some(sealed), Some(blind))
        }
        None => (None, None),
    };
    let phone = fields.phone.as_ref().map(|said| seal_number(&key, "phone", id, said.clear())).transpose()?;
    let member =
        Member { meta: tx.first_version(id), kind: fields.kind, unit_id: fields.unit_id, told: profile.clone().told() };
    let row = NewRow {
        id,
        version: member.meta.version,
        created_at: member.meta.created_at,
        created_by: member.meta.created_by,
        updated_at: member.meta.updated_at,
        updated_by: member.meta.updated_by,
        kind: member.kind,
        unit_id: member.unit_id,
        profile: profile.seal(&key, id)?,
        national_id,
        national_id_blind,
        phone,
    };
    let inserted = diesel::insert_into(members::table).values(row).execute(tx.write());
    inserted.map_err(on_conflict(&[("members_pkey", "members.id", id_taken)]))?;
    tx.created(&member)?;
    Ok(id)
}

/// Changes a member; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Member, fields: MemberFields, cleared: &Cleared) -> Result<()> {
    if fields.unit_id != before.unit_id {
        territory::must_hold(tx, fields.unit_id, "/unitId")?;
    }
    let id = before.id();
    let key = tx.person_key(id.cast())?.ok_or_else(|| Error::internal("a member without a key"))?;
    let sealed: Option<Vec<u8>> = members::table.find(id).select(members::profile).first(tx.conn())?;
    let kept = sealed.map(|sealed| Profile::open(&key, id, &sealed)).transpose()?;
    let profile = Profile::new(&fields, kept.as_ref(), cleared);
    let gone = |name: &str| cleared.contains(&name).then_some(None);
    let (national_id, national_id_blind) = match &fields.national_id {
        Some(said) => {
            let (sealed, blind) = number(tx, &key, id, said.clear())?;
            (Some(Some(sealed)), Some(Some(blind)))
        }
        None => (gone("nationalId"), gone("nationalId")),
    };
    let phone = match &fields.phone {
        Some(said) => Some(Some(seal_number(&key, "phone", id, said.clear())?)),
        None => gone("phone"),
    };
    let sealed = profile.seal(&key, id)?;
    let after = Member {
        meta: tx.next_version(&before.meta),
        kind: fields.kind,
        unit_id: fields.unit_id,
        told: profile.told(),
    };
    let change = ChangeRow { national_id, national_id_blind, phone, ..ChangeRow::of(&after, Some(sealed)) };
    save(tx, before, change)?;
    tx.updated(before, &after)
}

impl ChangeRow {
    fn of(after: &Member, profile: Option<Vec<u8>>) -> Self {
        Self {
            version: after.meta.version,
            updated_at: after.meta.updated_at,
            updated_by: after.meta.updated_by,
            kind: after.kind,
            unit_id: after.unit_id,
            profile: Some(profile),
            national_id: None,
            national_id_blind: None,
            phone: None,
        }
    }
}

fn save(tx: &mut WriteTx<'_>, before: &Member, change: ChangeRow) -> Result<()> {
    let found = members::table.filter(members::id.eq(before.id())).filter(members::version.eq(before.meta.version));
    match diesel::update(found).set(change).execute(tx.write())? {
        1 => Ok(()),
        _ => Err(Error::Raced),
    }
}

/// Erases the person: nothing of it is left in the row, and its key is destroyed.
pub(super) fn erase(tx: &mut WriteTx<'_>, before: &Member, reason: &str) -> Result<()> {
    let after = Member { meta: tx.next_version(&before.meta), told: Told::NOTHING, ..before.clone() };
    let nothing = ChangeRow {
        national_id: Some(None),
        national_id_blind: Some(None),
        phone: Some(None),
        ..ChangeRow::of(&after, None)
    };
    save(tx, before, nothing)?;
    forget(tx, before)?;
    tx.erased(before, &after, reason)
}

fn forget(tx: &mut WriteTx<'_>, member: &Member) -> Result<()> {
    let person: PersonId = member.meta.id.cast();
    tx.forget_person(person)
}

/// Removes a member that nothing else points to, and its key.
pub(super) fn remove(tx: &mut WriteTx<'_>, member: &Member) -> Result<()> {
    let found = members::table.filter(members::id.eq(member.id())).filter(members::version.eq(member.meta.version));
    if diesel::delete(found).execute(tx.write()).map_err(in_use)? != 1 {
        return Err(Error::Raced);
    }
    forget(tx, member)?;
    tx.deleted(member)
}
