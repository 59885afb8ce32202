//! Blind indexes of numbers, made anew once another master key is in use. No record changes by it, so it
//! leaves no version behind.

use diesel::prelude::*;

use super::MemberId;
use super::profile::open_number;
use super::store::NATIONAL_ID;
use crate::access::WriteTx;
use crate::error::Result;
use crate::schema::members;
use crate::vault::Clear;

#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
struct NumberRow {
    id: MemberId,
    national_id: Option<Vec<u8>>,
    national_id_blind: Option<Vec<u8>>,
}

/// Looks at the next numbers behind `after`: the last member looked at, if any, and how many indexes were
/// another master key's.
pub fn reblind(tx: &mut WriteTx<'_>, after: Option<MemberId>, most: i64) -> Result<(Option<MemberId>, usize)> {
    let mut query = members::table.filter(members::national_id_blind.is_not_null()).into_boxed();
    if let Some(after) = after {
        query = query.filter(members::id.gt(after));
    }
    let rows: Vec<NumberRow> = query.order(members::id).limit(most).select(NumberRow::as_select()).load(tx.conn())?;
    let keys = tx.person_keys(rows.iter().map(|row| row.id.cast()).collect())?;
    let last = rows.last().map(|row| row.id);
    let mut changed = 0;
    for row in rows {
        let (Some(key), Some(sealed)) = (keys.get(&row.id.cast()), &row.national_id) else {
            continue;
        };
        let number = Clear::new(open_number(key, NATIONAL_ID, row.id, sealed)?);
        let blind = Some(tx.vault()?.blind(NATIONAL_ID, number.reveal())?);
        if blind != row.national_id_blind {
            // As it was read: who changed the number meanwhile has made the index of the new one.
            let same = members::table.filter(members::id.eq(row.id));
            let same = same.filter(members::national_id_blind.eq(row.national_id_blind));
            changed += diesel::update(same).set(members::national_id_blind.eq(blind)).execute(tx.conn())?;
        }
    }
    Ok((last, changed))
}
