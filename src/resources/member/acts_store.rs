//! Rows of disclosures and erasures, and look-ups by number.

use diesel::prelude::*;

use super::acts::{ActSort, Disclosable, MemberDisclosureFields, MemberErasureFields};
use super::profile::open_number;
use super::{
    FoundMembers, Member, MemberDisclosure, MemberDisclosureId, MemberErasure, MemberErasureId, MemberId, MemberLookup,
    NewMemberDisclosure, NewMemberErasure, store,
};
use crate::access::{Noun, Tx, WriteTx, id_taken, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, page_by};
use crate::journal::{Deed, Entry, Meta};
use crate::resources::commendation;
use crate::schema::{member_disclosures, member_erasures, members};
use crate::types::{Decision, Json, Moment, PrincipalId, Reason};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = member_disclosures)]
struct DisclosureRow {
    id: MemberDisclosureId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    member_id: MemberId,
    reason: Reason,
    fields: Json<Vec<Disclosable>>,
}

impl DisclosureRow {
    fn disclosure(self, member: &Member) -> MemberDisclosure {
        let made = (self.created_at, self.created_by);
        MemberDisclosure {
            meta: Meta::new(self.id, self.version, made, made),
            member_id: self.member_id,
            unit_id: member.unit_id,
            fields: MemberDisclosureFields { reason: self.reason, fields: self.fields.0 },
        }
    }
}

/// One page of what was disclosed of a member; the caller has found the member.
pub fn list_disclosures(
    tx: &mut Tx<'_>,
    member: &Member,
    ask: &Ask<NoFilter, ActSort>,
) -> Result<Listed<MemberDisclosure>> {
    let of_member = || member_disclosures::table.filter(member_disclosures::member_id.eq(member.id()));
    let query = of_member().select(DisclosureRow::as_select()).into_boxed();
    let cut = match ask.sort {
        ActSort::CreatedAt => page_by!(tx, ask, query, member_disclosures.created_at: Moment),
    };
    let total = ask.total(|| Ok(of_member().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.disclosure(member)), total)
}

/// A disclosure, without what it disclosed.
pub fn find_disclosure(tx: &mut Tx<'_>, member: &Member, id: MemberDisclosureId) -> Result<MemberDisclosure> {
    let of_member = member_disclosures::member_id.eq(member.id());
    let found = member_disclosures::table.find(id).filter(of_member).select(DisclosureRow::as_select());
    found.first(tx.conn()).optional()?.map(|row| row.disclosure(member)).ok_or(Error::NotFound)
}

/// The values that a disclosure gives away: the number, the phone.
pub type Values = (Option<String>, Option<String>);

/// Discloses: the entry is in the journal when the values leave, since both are this transaction's.
pub fn disclose(
    tx: &mut WriteTx<'_>,
    member: &Member,
    new: NewMemberDisclosure,
) -> Result<(MemberDisclosureId, Values)> {
    let mut fields = new.fields;
    fields.fields.sort_unstable();
    fields.fields.dedup();
    let values = values(tx, member, &fields.fields)?;
    let id = tx.id_or_new(new.id);
    let row = DisclosureRow {
        id,
        version: 1,
        created_at: tx.now(),
        created_by: tx.caller().id,
        member_id: member.id(),
        reason: fields.reason.clone(),
        fields: Json(fields.fields.clone()),
    };
    diesel::insert_into(member_disclosures::table).values(row).execute(tx.write()).map_err(on_conflict(&[(
        "member_disclosures_pkey",
        "member_disclosures.id",
        id_taken,
    )]))?;
    let names = fields.fields.iter().map(|field| field.to_string());
    tx.enter(Entry::about(Deed::Disclose, member).because(fields.reason.as_str()).of_fields(names));
    Ok((id, values))
}

fn values(tx: &mut Tx<'_>, member: &Member, asked: &[Disclosable]) -> Result<Values> {
    let kept: (Option<Vec<u8>>, Option<Vec<u8>>) =
        members::table.find(member.id()).select((members::national_id, members::phone)).first(tx.conn())?;
    let Some(key) = tx.person_key(member.meta.id.cast())? else {
        return Ok((None, None));
    };
    let open = |field: Disclosable, column: &str, sealed: Option<Vec<u8>>| {
        let sealed = sealed.filter(|_| asked.contains(&field));
        sealed.map(|sealed| open_number(&key, column, member.id(), &sealed)).transpose()
    };
    Ok((open(Disclosable::NationalId, "national_id", kept.0)?, open(Disclosable::Phone, "phone", kept.1)?))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = member_erasures)]
struct ErasureRow {
    id: MemberErasureId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    member_id: MemberId,
    reason: Reason,
    decision: Option<Json<Decision>>,
}

impl ErasureRow {
    fn erasure(self, member: &Member) -> MemberErasure {
        let made = (self.created_at, self.created_by);
        MemberErasure {
            meta: Meta::new(self.id, self.version, made, made),
            member_id: self.member_id,
            unit_id: member.unit_id,
            fields: MemberErasureFields { reason: self.reason, decision: self.decision.map(|d| d.0) },
        }
    }
}

/// One page of the erasures of a member; the caller has found the member.
pub fn list_erasures(tx: &mut Tx<'_>, member: &Member, ask: &Ask<NoFilter, ActSort>) -> Result<Listed<MemberErasure>> {
    let of_member = || member_erasures::table.filter(member_erasures::member_id.eq(member.id()));
    let query = of_member().select(ErasureRow::as_select()).into_boxed();
    let cut = match ask.sort {
        ActSort::CreatedAt => page_by!(tx, ask, query, member_erasures.created_at: Moment),
    };
    let total = ask.total(|| Ok(of_member().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.erasure(member)), total)
}

/// An erasure of a member.
pub fn find_erasure(tx: &mut Tx<'_>, member: &Member, id: MemberErasureId) -> Result<MemberErasure> {
    let of_member = member_erasures::member_id.eq(member.id());
    let found = member_erasures::table.find(id).filter(of_member).select(ErasureRow::as_select());
    found.first(tx.conn()).optional()?.map(|row| row.erasure(member)).ok_or(Error::NotFound)
}

/// Erases the person of a member.
pub fn erase(tx: &mut WriteTx<'_>, member: &Member, new: NewMemberErasure) -> Result<MemberErasureId> {
    if member.erased() {
        return Err(erased());
    }
    let id = tx.id_or_new(new.id);
    let erasure = MemberErasure {
        meta: tx.first_version(id),
        member_id: member.id(),
        unit_id: member.unit_id,
        fields: new.fields,
    };
    let row = ErasureRow {
        id,
        version: erasure.meta.version,
        created_at: erasure.meta.created_at,
        created_by: erasure.meta.created_by,
        member_id: member.id(),
        reason: erasure.fields.reason.clone(),
        decision: erasure.fields.decision.clone().map(Json),
    };
    diesel::insert_into(member_erasures::table).values(row).execute(tx.write()).map_err(on_conflict(&[(
        "member_erasures_pkey",
        "member_erasures.id",
        id_taken,
    )]))?;
    commendation::store::forget(tx, member.id())?;
    store::erase(tx, member, erasure.fields.reason.as_str())?;
    tx.created(&erasure)?;
    Ok(id)
}

/// What is no longer known cannot be changed.
pub fn erased() -> Error {
    Error::rule("The person was erased.", "Thông tin cá nhân đã được xóa.")
}

/// Looks a number up in the caller's territory; whom it found is entered.
pub fn look_up(tx: &mut WriteTx<'_>, lookup: &MemberLookup) -> Result<FoundMembers> {
    let items = store::with_number(tx, lookup.national_id.clear())?;
    for member in &items {
        tx.enter(Entry::about(Deed::Lookup, member));
    }
    if items.is_empty() {
        let unit = tx.caller().unit;
        tx.enter(Entry::event(Deed::Lookup, Noun::Member, unit, "success", "nobody found".to_owned()));
    }
    Ok(FoundMembers { items })
}

/// Removes a member with what was done about it, unless other records point to it.
pub fn remove(tx: &mut WriteTx<'_>, member: &Member) -> Result<()> {
    let erasures = member_erasures::table.filter(member_erasures::member_id.eq(member.id()));
    let rows: Vec<ErasureRow> = erasures.order(member_erasures::id).select(ErasureRow::as_select()).load(tx.conn())?;
    for row in rows {
        tx.deleted(&row.erasure(member))?;
    }
    let disclosures = member_disclosures::table.filter(member_disclosures::member_id.eq(member.id()));
    diesel::delete(disclosures).execute(tx.write())?;
    let erasures = member_erasures::table.filter(member_erasures::member_id.eq(member.id()));
    diesel::delete(erasures).execute(tx.write())?;
    store::remove(tx, member)
}
