//! Rows of codes.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{ListCode, ListCodeFields, ListCodeFilter, ListCodeId, ListCodeSort, ListName, NewListCode, rules};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, page_by};
use crate::journal::Meta;
use crate::resources::{commendation, membership};
use crate::schema::{codes, incidents};
use crate::types::{Day, LongCode, Moment, Name, PrincipalId, fold};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = codes, treat_none_as_null = true)]
struct CodeRow {
    id: ListCodeId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    list: ListName,
    code: LongCode,
    label_vi: Name,
    label_en: Name,
    parent_code: Option<LongCode>,
    valid_from: Day,
    valid_to: Option<Day>,
    replaced_by_code: Option<LongCode>,
}

impl CodeRow {
    fn new(code: &ListCode) -> Self {
        let (meta, fields) = (&code.meta, code.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            list: code.list_id,
            code: fields.code,
            label_vi: fields.label_vi,
            label_en: fields.label_en,
            parent_code: fields.parent_code,
            valid_from: fields.valid_from,
            valid_to: fields.valid_to,
            replaced_by_code: fields.replaced_by_code,
        }
    }

    fn code(self) -> ListCode {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        ListCode {
            meta: Meta::new(self.id, self.version, created, updated),
            list_id: self.list,
            fields: ListCodeFields {
                code: self.code,
                label_vi: self.label_vi,
                label_en: self.label_en,
                parent_code: self.parent_code,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
                replaced_by_code: self.replaced_by_code,
            },
        }
    }
}

fn filtered(list: ListName, filter: &ListCodeFilter) -> codes::BoxedQuery<'static, MultiBackend> {
    let mut query = codes::table.filter(codes::list.eq(list)).into_boxed();
    if let Some(day) = filter.valid_on {
        query = query.filter(codes::valid_from.le(day)).filter(codes::valid_to.is_null().or(codes::valid_to.gt(day)));
    }
    query
}

/// One page of the codes of a list.
pub fn list(tx: &mut Tx<'_>, list: ListName, ask: &Ask<ListCodeFilter, ListCodeSort>) -> Result<Listed<ListCode>> {
    let query = filtered(list, &ask.filter).select(CodeRow::as_select());
    let cut = match ask.sort {
        ListCodeSort::CreatedAt => page_by!(tx, ask, query, codes.created_at: Moment),
        ListCodeSort::ValidFrom => page_by!(tx, ask, query, codes.valid_from: Day),
        ListCodeSort::Code => page_by!(tx, ask, query, codes.code: LongCode),
    };
    let total = ask.total(|| Ok(filtered(list, &ask.filter).count().get_result(tx.conn())?))?;
    ask.listed(cut.map(CodeRow::code), total)
}

/// A code of a list; every caller sees every one.
pub fn find(tx: &mut Tx<'_>, list: ListName, id: ListCodeId) -> Result<ListCode> {
    let found = codes::table.find(id).filter(codes::list.eq(list)).select(CodeRow::as_select());
    found.first(tx.conn()).optional()?.map(CodeRow::code).ok_or(Error::NotFound)
}

/// The times for which a code of a list is in force.
type Terms = Vec<(Day, Option<Day>)>;

fn terms(tx: &mut Tx<'_>, list: ListName, code: &LongCode) -> Result<Terms> {
    let of_code = codes::table.filter(codes::list.eq(list)).filter(codes::code.eq(code.clone()));
    Ok(of_code.select((codes::valid_from, codes::valid_to)).load(tx.conn())?)
}

fn in_force(terms: &Terms, on: Day, pointer: &'static str) -> Result<()> {
    match terms.iter().any(|(from, to)| *from <= on && to.is_none_or(|to| to > on)) {
        true => Ok(()),
        false => Err(Error::CategoryNotInForce { pointer }),
    }
}

/// A code that a body names must be in force on the record's day: 409 `category-not-in-force`.
pub fn must_be_in_force(
    tx: &mut Tx<'_>,
    list: ListName,
    code: &LongCode,
    on: Day,
    pointer: &'static str,
) -> Result<()> {
    in_force(&terms(tx, list, code)?, on, pointer)
}

/// As `must_be_in_force`, where many records come one after the other. No other transaction commits a change
/// from here on.
pub fn must_stay_in_force(
    tx: &mut WriteTx<'_>,
    list: ListName,
    code: &LongCode,
    on: Day,
    pointer: &'static str,
) -> Result<()> {
    let key = (list, code.clone());
    if let Some(terms) = tx.known::<(ListName, LongCode), Terms>()?.get(&key) {
        return in_force(terms, on, pointer);
    }
    let terms = terms(tx, list, code)?;
    in_force(&terms, on, pointer)?;
    tx.know(key, terms)
}

/// A code that a body names must be in the list, on whatever day: 409 `category-not-in-force`.
pub fn must_exist(tx: &mut Tx<'_>, list: ListName, code: &LongCode, pointer: &'static str) -> Result<()> {
    let found = codes::table.filter(codes::list.eq(list)).filter(codes::code.eq(code.clone()));
    match diesel::select(exists(found)).get_result(tx.conn())? {
        true => Ok(()),
        false => Err(Error::CategoryNotInForce { pointer }),
    }
}

/// The codes of a list that are called `label` in either language, whatever its case and diacritics.
pub fn by_label(tx: &mut Tx<'_>, list: ListName, label: &str) -> Result<Vec<LongCode>> {
    let all = codes::table.filter(codes::list.eq(list)).select((codes::code, codes::label_vi, codes::label_en));
    let all: Vec<(LongCode, Name, Name)> = all.order(codes::code).load(tx.conn())?;
    let wanted = fold(label);
    let called = |name: &Name| fold(name.as_str()) == wanted;
    let mut found: Vec<LongCode> =
        all.into_iter().filter(|(_, vi, en)| called(vi) || called(en)).map(|(code, ..)| code).collect();
    found.dedup();
    Ok(found)
}

/// Creates a code.
pub fn create(tx: &mut WriteTx<'_>, list_id: ListName, new: NewListCode) -> Result<ListCodeId> {
    let id = tx.id_or_new(new.id);
    let code = ListCode { meta: tx.first_version(id), list_id, fields: new.fields };
    check(tx, &code)?;
    diesel::insert_into(codes::table).values(CodeRow::new(&code)).execute(tx.write()).map_err(on_conflict(&[
        ("codes_pkey", "codes.id", id_taken),
        ("codes_list_code_from", "codes.list, codes.code, codes.valid_from", overlapping),
    ]))?;
    tx.created(&code)?;
    Ok(id)
}

/// Changes a code; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &ListCode, fields: ListCodeFields) -> Result<()> {
    let after = ListCode { meta: tx.next_version(&before.meta), list_id: before.list_id, fields };
    check(tx, &after)?;
    if after.fields.code != before.fields.code && in_use(tx, before)? {
        return Err(Error::InUse);
    }
    let found = codes::table
        .filter(codes::id.eq(after.meta.id.cast::<ListCode>()))
        .filter(codes::version.eq(before.meta.version));
    match diesel::update(found).set(CodeRow::new(&after)).execute(tx.write())? {
        1 => tx.updated(before, &after),
        _ => Err(Error::Raced),
    }
}

/// Removes a code that no record uses.
pub fn remove(tx: &mut WriteTx<'_>, code: &ListCode) -> Result<()> {
    tx.alone()?;
    if in_use(tx, code)? {
        return Err(Error::InUse);
    }
    let found =
        codes::table.filter(codes::id.eq(code.meta.id.cast::<ListCode>())).filter(codes::version.eq(code.meta.version));
    match diesel::delete(found).execute(tx.write())? {
        1 => tx.deleted(code),
        _ => Err(Error::Raced),
    }
}

/// Puts the codes of a fresh registry in place.
pub fn found_lists(tx: &mut WriteTx<'_>) -> Result<()> {
    if diesel::select(exists(codes::table.select(codes::id))).get_result(tx.conn())? {
        return Ok(());
    }
    for (list, fields) in rules::first()? {
        create(tx, list, NewListCode { id: None, fields })?;
    }
    Ok(())
}

/// Whether a record or another code names this one.
fn in_use(tx: &mut Tx<'_>, code: &ListCode) -> Result<bool> {
    let named = &code.fields.code;
    let of_list = codes::table.filter(codes::list.eq(code.list_id));
    let other = of_list.filter(codes::parent_code.eq(named.clone()).or(codes::replaced_by_code.eq(named.clone())));
    let by_code: bool = diesel::select(exists(other)).get_result(tx.conn())?;
    let by_record = match code.list_id {
        ListName::IncidentCategory => {
            let used = incidents::table.filter(incidents::category.eq(named.clone()));
            diesel::select(exists(used)).get_result(tx.conn())?
        }
        ListName::MembershipCategory => membership::store::uses(tx, named)?,
        ListName::CommendationForm => commendation::store::uses(tx, named)?,
    };
    Ok(by_code || by_record)
}

/// Whether going on from `code`, to its wider or later codes, one comes to `goal`.
fn leads_to(tx: &mut Tx<'_>, list: ListName, code: &LongCode, goal: &LongCode) -> Result<bool> {
    let (mut waiting, mut seen) = (vec![code.clone()], Vec::new());
    while let Some(next) = waiting.pop() {
        if next == *goal {
            return Ok(true);
        }
        let links: Vec<(Option<LongCode>, Option<LongCode>)> = codes::table
            .filter(codes::list.eq(list))
            .filter(codes::code.eq(next.clone()))
            .select((codes::parent_code, codes::replaced_by_code))
            .load(tx.conn())?;
        seen.push(next);
        let further = links.into_iter().flat_map(|(parent, later)| parent.into_iter().chain(later));
        waiting.extend(further.filter(|code| !seen.contains(code)).collect::<Vec<_>>());
    }
    Ok(false)
}

/// What holds between codes: no overlap, and what a code names is in its list.
fn check(tx: &mut WriteTx<'_>, code: &ListCode) -> Result<()> {
    tx.alone()?;
    let fields = &code.fields;
    rules::check(fields)?;
    let named = [(&fields.parent_code, "/parentCode"), (&fields.replaced_by_code, "/replacedByCode")];
    for (other, pointer) in named {
        if let Some(other) = other {
            if leads_to(tx, code.list_id, other, &fields.code)? {
                return Err(Error::rule("Codes must not point in a circle.", "Các mã không được dẫn chiếu vòng."));
            }
            let found = codes::table.filter(codes::list.eq(code.list_id)).filter(codes::code.eq(other.clone()));
            let there: bool = diesel::select(exists(found)).get_result(tx.conn())?;
            if !there {
                return Err(Error::ReferenceMissing { pointer });
            }
        }
    }
    let mut others = codes::table
        .filter(codes::list.eq(code.list_id))
        .filter(codes::code.eq(fields.code.clone()))
        .filter(codes::id.ne(code.meta.id.cast::<ListCode>()))
        .filter(codes::valid_to.is_null().or(codes::valid_to.gt(fields.valid_from)))
        .into_boxed();
    if let Some(end) = fields.valid_to {
        others = others.filter(codes::valid_from.lt(end));
    }
    match others.count().get_result::<i64>(tx.conn())? {
        0 => Ok(()),
        _ => Err(overlapping()),
    }
}

fn overlapping() -> Error {
    Error::Duplicate(Words::new(
        "The list has this code during that time.",
        "Danh mục đã có mã này trong thời gian đó.",
    ))
}
