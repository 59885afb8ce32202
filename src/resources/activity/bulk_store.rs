//! Rows of thousands of activities at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use diesel::prelude::*;

use super::store::ActivityRow;
use super::{Activity, ActivityId};
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::resources::model::ModelId;
use crate::schema::{activities, activity_models};

#[derive(Insertable)]
#[diesel(table_name = activity_models, treat_none_as_default_value = false)]
struct LinkRow {
    activity_id: ActivityId,
    model_id: ModelId,
}

impl LinkRow {
    fn of(activity: &Activity) -> impl Iterator<Item = Self> {
        let activity_id = activity.meta.id.cast();
        let models = activity.fields.model_ids.iter().flatten();
        models.map(move |model| Self { activity_id, model_id: *model })
    }
}

/// Writes activities; enters each.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Activity]) -> Result<()> {
    let rows: Vec<ActivityRow> = made.iter().map(ActivityRow::new).collect();
    insert_many!(tx.write(), activities::table, rows)?;
    let links: Vec<LinkRow> = made.iter().flat_map(LinkRow::of).collect();
    insert_many!(tx.write(), activity_models::table, links)?;
    made.iter().try_for_each(|activity| tx.created(activity))
}
