//! Looking through members by their names, which the database cannot read: rows are opened a few at a
//! time. A request opens a bounded number of them and goes on at the next page where it stopped.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::store::{MemberRow, filtered, opened};
use super::{Member, MemberFilter, MemberId, MemberSort};
use crate::access::Tx;
use crate::error::{Error, Fault, Result, Words};
use crate::http::{Ask, Cut, Listed};
use crate::schema::members;
use crate::types::{Moment, SortKey, fold};

/// Rows opened at a time.
const STEP: i64 = 500;
/// Rows opened for one page.
const MOST: usize = 20_000;
/// Rows opened to put names in order; a territory that holds more is asked for part by part.
const MOST_SORTED: usize = 200_000;

type Asked = Ask<MemberFilter, MemberSort>;
type Place = (Moment, MemberId);

/// One page of the members whose names match, or in the order of their names.
pub fn list(tx: &mut Tx<'_>, ask: &Asked) -> Result<Listed<Member>> {
    let wanted = Wanted::new(&ask.filter);
    let cut = match ask.sort {
        MemberSort::CreatedAt => in_time(tx, ask, &wanted)?,
        MemberSort::Name => in_order(tx, ask, &wanted)?,
    };
    let total = ask.total(|| count(tx, ask, &wanted))?;
    ask.listed(cut, total)
}

/// What a name must contain, folded as names are.
struct Wanted(Option<String>);

impl Wanted {
    fn new(filter: &MemberFilter) -> Self {
        Self(filter.q.as_ref().map(|q| fold(q.as_str())))
    }

    fn fits(&self, member: &Member) -> bool {
        let Some(wanted) = &self.0 else {
            return true;
        };
        member.told.name.as_ref().is_some_and(|name| fold(name.as_str()).contains(wanted.as_str()))
    }
}

/// The next rows behind a place, in the order of their creation.
fn step(tx: &mut Tx<'_>, filter: &MemberFilter, descending: bool, after: Option<Place>) -> Result<Vec<MemberRow>> {
    let mut query = filtered(tx, filter)?.select(MemberRow::as_select());
    if let Some((at, id)) = after {
        query = match descending {
            true => query.filter(members::created_at.lt(at).or(members::created_at.eq(at).and(members::id.lt(id)))),
            false => query.filter(members::created_at.gt(at).or(members::created_at.eq(at).and(members::id.gt(id)))),
        };
    }
    let query = match descending {
        true => query.order((members::created_at.desc(), members::id.desc())),
        false => query.order((members::created_at.asc(), members::id.asc())),
    };
    Ok(query.limit(STEP).load(tx.conn())?)
}

/// Shows every member behind `after` to `visit` until it has seen enough or `most` were opened; gives
/// the place where it stopped before the end.
fn walk(
    tx: &mut Tx<'_>,
    ask: &Asked,
    mut after: Option<Place>,
    most: usize,
    mut visit: impl FnMut(Member) -> bool,
) -> Result<Option<Place>> {
    let descending = ask.descending && ask.sort == MemberSort::CreatedAt;
    let mut seen = 0;
    loop {
        let rows = step(tx, &ask.filter, descending, after)?;
        let ended = (rows.len() as i64) < STEP;
        seen += rows.len();
        after = rows.last().map(|row| (row.created_at, row.id)).or(after);
        for member in opened(tx, rows)? {
            if !visit(member) {
                return Ok(None);
            }
        }
        match (ended, seen >= most) {
            (true, _) => return Ok(None),
            (false, true) => return Ok(after),
            (false, false) => {}
        }
    }
}

fn in_time(tx: &mut Tx<'_>, ask: &Asked, wanted: &Wanted) -> Result<Cut<Member>> {
    let after = ask.after::<Moment>()?.map(|(at, id)| (at, MemberId::new(id)));
    let mut found = Vec::new();
    let stopped = walk(tx, ask, after, MOST, |member| {
        if wanted.fits(&member) {
            found.push(member);
        }
        (found.len() as i64) < ask.limit()
    })?;
    match stopped {
        Some((at, id)) => ask.cut_short(found, (at, id.uuid())),
        None => ask.cut(found, |member| (member.meta.created_at, member.meta.id.uuid())),
    }
}

/// A member's place in the order of names; those without a name come first.
fn place(member: &Member) -> (SortKey, Uuid) {
    (SortKey::of(member.told.name.as_ref().map_or("", |name| name.as_str())), member.meta.id.uuid())
}

/// The best of all that match, as many as the page holds. A cursor would carry a name, so it is cloaked.
fn in_order(tx: &mut Tx<'_>, ask: &Asked, wanted: &Wanted) -> Result<Cut<Member>> {
    const CURSOR: &str = "members by name";
    let vault = tx.vault()?;
    let after = match ask.after::<String>()? {
        Some((cloaked, id)) => {
            let name = vault.uncloak(CURSOR, &cloaked).ok_or_else(crate::http::foreign_cursor)?;
            Some((SortKey::of(&String::from_utf8_lossy(&name)), id))
        }
        None => None,
    };
    let mut best: BTreeMap<(SortKey, Uuid), Member> = BTreeMap::new();
    let stopped = walk(tx, ask, None, MOST_SORTED, |member| {
        let place = place(&member);
        let beyond = |last: &(SortKey, Uuid)| if ask.descending { place < *last } else { place > *last };
        if wanted.fits(&member) && after.as_ref().is_none_or(beyond) {
            best.insert(place, member);
            if best.len() as i64 > ask.limit() {
                if ask.descending {
                    best.pop_first()
                } else {
                    best.pop_last()
                };
            }
        }
        true
    })?;
    if stopped.is_some() {
        return Err(too_many());
    }
    let found: Vec<Member> = match ask.descending {
        true => best.into_values().rev().collect(),
        false => best.into_values().collect(),
    };
    let cloaked = |member: &Member| {
        let name = member.told.name.as_ref().map_or("", |name| name.as_str());
        vault.cloak(CURSOR, name.as_bytes()).unwrap_or_default()
    };
    ask.cut(found, |member| (cloaked(member), member.meta.id.uuid()))
}

fn count(tx: &mut Tx<'_>, ask: &Asked, wanted: &Wanted) -> Result<i64> {
    if wanted.0.is_none() {
        return Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?);
    }
    let mut total = 0;
    let stopped = walk(tx, ask, None, MOST_SORTED, |member| {
        total += i64::from(wanted.fits(&member));
        true
    })?;
    if stopped.is_some() { Err(too_many()) } else { Ok(total) }
}

fn too_many() -> Error {
    let detail = Words::new(
        format!("More than {MOST_SORTED} members would have to be opened for this; narrow it by unitId."),
        format!("Phải mở hơn {MOST_SORTED} thành viên; hãy thu hẹp bằng unitId."),
    );
    Error::Invalid(vec![Fault::parameter("unitId", "too-many", detail)])
}
