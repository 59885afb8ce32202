//! Rows of models.

use crate::resources::model::ModelId;
use crate::resources::model_type::ModelTypeId;
use crate::types::PrincipalId;
use crate::types::UnitId;
use diesel::prelude::*;

use super::{
    FirstStatus, Model, ModelFields, ModelFilter, ModelSort, ModelStatus, ModelWarning, NewModel, Setting, rules, spans,
};
use crate::access::{MultiBackend, Tx, WriteTx, containing, id_taken, in_use, on_conflict};
use crate::database::written;
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::schema::{model_types, models};
use crate::territory;
use crate::types::{Code, Day, Decision, GeoPoint, Json, LongCode, Moment, Name, Notes, SortKey, fold};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = models, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ModelRow {
    id: ModelId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    code: LongCode,
    name: Name,
    name_key: SortKey,
    search: String,
    model_type_id: ModelTypeId,
    unit_id: UnitId,
    established_on: Day,
    lead_body: Name,
    partner_bodies: Option<Json<Vec<Name>>>,
    setting: Option<Setting>,
    household_count: Option<i64>,
    participant_count: Option<i64>,
    replicated_from_id: Option<ModelId>,
    decision: Option<Json<Decision>>,
    location: Option<Json<GeoPoint>>,
    notes: Option<Notes>,
    status: ModelStatus,
    ended_on: Option<Day>,
    exemplar: bool,
    warnings: Option<Json<Vec<ModelWarning>>>,
}

impl ModelRow {
    pub(super) fn new(model: &Model) -> Self {
        let (meta, fields) = (&model.meta, model.fields.clone());
        let code = fields.code.unwrap_or_else(|| made_code(meta.id.cast()));
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            name_key: SortKey::of(fields.name.as_str()),
            search: fold(&format!("{} {code}", fields.name)),
            code,
            name: fields.name,
            model_type_id: fields.model_type_id,
            unit_id: fields.unit_id,
            established_on: fields.established_on,
            lead_body: fields.lead_body,
            partner_bodies: fields.partner_bodies.map(Json),
            setting: fields.setting,
            household_count: fields.household_count,
            participant_count: fields.participant_count,
            replicated_from_id: fields.replicated_from_id,
            decision: fields.decision.map(Json),
            location: fields.location.map(Json),
            notes: fields.notes,
            status: model.status,
            ended_on: model.ended_on,
            exemplar: model.exemplar,
            warnings: model.warnings.clone().map(Json),
        }
    }

    fn model(self) -> Model {
        Model {
            meta: Meta::new(
                self.id,
                self.version,
                (self.created_at, self.created_by),
                (self.updated_at, self.updated_by),
            ),
            fields: ModelFields {
                code: Some(self.code),
                name: self.name,
                model_type_id: self.model_type_id,
                unit_id: self.unit_id,
                established_on: self.established_on,
                lead_body: self.lead_body,
                partner_bodies: self.partner_bodies.map(|p| p.0),
                setting: self.setting,
                household_count: self.household_count,
                participant_count: self.participant_count,
                replicated_from_id: self.replicated_from_id,
                decision: self.decision.map(|d| d.0),
                location: self.location.map(|l| l.0),
                notes: self.notes,
            },
            status: self.status,
            ended_on: self.ended_on,
            exemplar: self.exemplar,
            warnings: self.warnings.map(|w| w.0),
        }
    }
}

/// A code for a model that came without one: unique because its id is.
fn made_code(id: ModelId) -> LongCode {
    let hex = id.uuid().simple().to_string();
    Code::from(format!("MH-{}", hex[20..].to_uppercase()).as_str())
}

/// Where every finder starts: the caller's territory.
fn visible(tx: &Tx<'_>) -> models::BoxedQuery<'static, MultiBackend> {
    models::table.filter(territory::is_own!(tx, models::unit_id)).into_boxed()
}

/// The models of some units that pass a filter; the units are the filter's already.
pub(crate) fn filtered(tx: &mut Tx<'_>, filter: &ModelFilter) -> Result<models::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = models::table.filter(models::unit_id.eq_any(units)).into_boxed();
    if let Some(types) = &filter.model_type_id {
        query = query.filter(models::model_type_id.eq_any(types.clone()));
    }
    if let Some(fields) = &filter.field {
        let of_field = model_types::table.filter(model_types::field.eq_any(fields.clone())).select(model_types::id);
        query = query.filter(models::model_type_id.eq_any(of_field));
    }
    if let Some(settings) = &filter.setting {
        query = query.filter(models::setting.eq_any(settings.clone()));
    }
    if let Some(statuses) = &filter.status {
        query = query.filter(models::status.eq_any(statuses.clone()));
    }
    if let Some(day) = filter.established_from {
        query = query.filter(models::established_on.ge(day));
    }
    if let Some(day) = filter.established_to {
        query = query.filter(models::established_on.le(day));
    }
    if let Some(exemplar) = filter.exemplar {
        query = query.filter(models::exemplar.eq(exemplar));
    }
    if let Some(q) = &filter.q {
        query = query.filter(models::search.like(containing(q.as_str())).escape('\\'));
    }
    Ok(query)
}

/// One page of the models in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<ModelFilter, ModelSort>) -> Result<Listed<Model>> {
    let query = filtered(tx, &ask.filter)?.select(written!(ModelRow));
    let cut = match ask.sort {
        ModelSort::CreatedAt => page_by!(tx, ask, query, models.created_at: Moment),
        ModelSort::EstablishedOn => page_by!(tx, ask, query, models.established_on: Day),
        ModelSort::Code => page_by!(tx, ask, query, models.code: LongCode),
        ModelSort::Name => page_by!(tx, ask, query, models.name_key: SortKey),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.map(ModelRow::model), total)
}

/// The next models behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<ModelId>, most: i64) -> Result<Vec<Model>> {
    let query = visible(tx).select(written!(ModelRow));
    let rows: Vec<ModelRow> = load_behind!(tx, query, models, after, most);
    Ok(rows.into_iter().map(ModelRow::model).collect())
}

/// The model, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: ModelId) -> Result<Model> {
    let row = visible(tx).filter(models::id.eq(id)).select(written!(ModelRow)).first(tx.conn()).optional()?;
    row.map(ModelRow::model).ok_or(Error::NotFound)
}

/// Two at most of the caller's models that have a code, of one unit where that is said.
pub fn by_code(tx: &mut Tx<'_>, code: &str, unit: Option<UnitId>) -> Result<Vec<ModelId>> {
    let mut found = visible(tx).filter(models::code.eq(code.to_owned())).select(models::id);
    if let Some(unit) = unit {
        found = found.filter(models::unit_id.eq(unit));
    }
    Ok(found.limit(2).load(tx.conn())?)
}

/// The model, wherever it lies: a caller may have just moved it out of its own territory.
pub(crate) fn find_anywhere(tx: &mut Tx<'_>, id: ModelId) -> Result<Model> {
    let row = models::table.find(id).select(ModelRow::as_select()).first(tx.conn()).optional()?;
    row.map(ModelRow::model).ok_or(Error::NotFound)
}

/// A model that a body names: 409 `reference-missing` where it is absent or outside, alike.
pub fn must_find(tx: &mut Tx<'_>, id: ModelId, pointer: &'static str) -> Result<Model> {
    find(tx, id).map_err(|error| match error {
        Error::NotFound => Error::ReferenceMissing { pointer },
        other => other,
    })
}

/// Creates a model.
pub fn create(tx: &mut WriteTx<'_>, new: NewModel) -> Result<ModelId> {
    check_references(tx, None, &new.fields)?;
    let id = tx.id_or_new(new.id);
    let mut model = Model {
        meta: tx.first_version(id),
        fields: new.fields,
        status: match new.status {
            Some(FirstStatus::Proposed) => ModelStatus::Proposed,
            Some(FirstStatus::Active) | None => ModelStatus::Active,
        },
        ended_on: None,
        exemplar: false,
        warnings: None,
    };
    model.warnings = warnings(tx, &model)?;
    model.fields.code.get_or_insert_with(|| made_code(id));
    diesel::insert_into(models::table).values(ModelRow::new(&model)).execute(tx.write()).map_err(on_conflict(&[
        ("models_unit_code", "models.unit_id, models.code", code_taken),
        ("models_pkey", "models.id", id_taken),
        ("models_model_type", "", no_type),
    ]))?;
    spans::begin(tx, &model)?;
    tx.created(&model)?;
    Ok(id)
}

/// Changes a model; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Model, mut fields: ModelFields) -> Result<()> {
    check_references(tx, Some(&before.fields), &fields)?;
    let id = before.meta.id.cast();
    if fields.code.is_none() {
        fields.code = Some(made_code(id));
    }
    if fields.established_on != before.fields.established_on {
        spans::reestablish(tx, id, fields.established_on)?;
    }
    if fields.replicated_from_id == Some(id) {
        return Err(Error::rule("A model cannot replicate itself.", "Mô hình không thể nhân rộng từ chính nó."));
    }
    let after = Model { fields, ..before.clone() };
    save(tx, before, after)
}

/// Writes the next version of a model.
pub(super) fn save(tx: &mut WriteTx<'_>, before: &Model, mut after: Model) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    after.warnings = warnings(tx, &after)?;
    let found = models::table
        .filter(models::id.eq(after.meta.id.cast::<Model>()))
        .filter(models::version.eq(before.meta.version));
    let changed = diesel::update(found).set(ModelRow::new(&after)).execute(tx.write()).map_err(on_conflict(&[
        ("models_unit_code", "models.unit_id, models.code", code_taken),
        ("models_model_type", "", no_type),
    ]))?;
    if changed != 1 {
        return Err(Error::Raced);
    }
    tx.updated(before, &after)
}

/// Notes whether the latest review holds the model up as an example.
pub fn set_exemplar(tx: &mut WriteTx<'_>, id: ModelId, exemplar: bool) -> Result<()> {
    let before = find_anywhere(tx, id)?;
    match before.exemplar == exemplar {
        true => Ok(()),
        false => save(tx, &before, Model { exemplar, ..before.clone() }),
    }
}

/// Removes a model that nothing else points to.
pub(super) fn remove(tx: &mut WriteTx<'_>, model: &Model) -> Result<()> {
    let id: ModelId = model.meta.id.cast();
    let found = models::table.filter(models::id.eq(id)).filter(models::version.eq(model.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(model),
        _ => Err(Error::Raced),
    }
}

fn warnings(tx: &mut Tx<'_>, model: &Model) -> Result<Option<Vec<ModelWarning>>> {
    let found = model_types::table.find(model.fields.model_type_id).select(model_types::code);
    let code: Option<LongCode> = found.first(tx.conn()).optional()?;
    Ok(code.and_then(|code| rules::warnings(code.as_str(), &model.fields)))
}

/// Checks what is new in what is said: a reference that stands was checked when it was made.
fn check_references(tx: &mut WriteTx<'_>, before: Option<&ModelFields>, fields: &ModelFields) -> Result<()> {
    let place = |f: &ModelFields| (f.unit_id, f.established_on);
    if before.map(place) != Some(place(fields)) {
        territory::must_be_in_force(tx, fields.unit_id, fields.established_on, "/unitId")?;
    }
    if before.map(|b| b.model_type_id) != Some(fields.model_type_id) {
        let types = model_types::table.find(fields.model_type_id).count().get_result::<i64>(tx.conn())?;
        if types == 0 {
            return Err(no_type());
        }
    }
    match fields.replicated_from_id.filter(|from| before.and_then(|b| b.replicated_from_id) != Some(*from)) {
        Some(from) => must_find(tx, from, "/replicatedFromId").map(|_| ()),
        None => Ok(()),
    }
}

fn no_type() -> Error {
    Error::ReferenceMissing { pointer: "/modelTypeId" }
}

fn code_taken() -> Error {
    Error::Duplicate(Words::new("Another model of the unit has this code.", "Đơn vị đã có mô hình mang mã này."))
}
