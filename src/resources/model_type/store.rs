//! Rows of model types.

use crate::resources::model_type::ModelTypeId;
use crate::types::PrincipalId;
use diesel::prelude::*;

use super::{Field, ModelType, ModelTypeFields, ModelTypeFilter, ModelTypeSort, NewModelType, rules};
use crate::access::{MultiBackend, Tx, WriteTx, containing, id_taken, in_use, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::schema::model_types;
use crate::types::{Day, Line, LongCode, Moment, Name, Notes, SortKey, fold};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = model_types, treat_none_as_null = true)]
struct ModelTypeRow {
    id: ModelTypeId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    code: LongCode,
    name: Name,
    name_key: SortKey,
    search: String,
    name_en: Option<Name>,
    field: Field,
    description: Option<Notes>,
    valid_from: Day,
    valid_to: Option<Day>,
}

impl ModelTypeRow {
    fn new(record: &ModelType) -> Self {
        let (meta, fields) = (&record.meta, record.fields.clone());
        let name_en = fields.name_en.as_ref().map_or("", Line::as_str);
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            name_key: SortKey::of(fields.name.as_str()),
            search: fold(&format!("{} {} {name_en}", fields.name, fields.code)),
            code: fields.code,
            name: fields.name,
            name_en: fields.name_en,
            field: fields.field,
            description: fields.description,
            valid_from: fields.valid_from,
            valid_to: fields.valid_to,
        }
    }

    fn record(self) -> ModelType {
        ModelType {
            meta: Meta::new(
                self.id,
                self.version,
                (self.created_at, self.created_by),
                (self.updated_at, self.updated_by),
            ),
            fields: ModelTypeFields {
                code: self.code,
                name: self.name,
                name_en: self.name_en,
                field: self.field,
                description: self.description,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
            },
        }
    }
}

fn filtered(filter: &ModelTypeFilter) -> model_types::BoxedQuery<'static, MultiBackend> {
    let mut query = model_types::table.into_boxed();
    if let Some(fields) = &filter.field {
        query = query.filter(model_types::field.eq_any(fields.clone()));
    }
    if let Some(day) = filter.valid_on {
        query = query
            .filter(model_types::valid_from.le(day))
            .filter(model_types::valid_to.is_null().or(model_types::valid_to.gt(day)));
    }
    if let Some(q) = &filter.q {
        query = query.filter(model_types::search.like(containing(q.as_str())).escape('\\'));
    }
    query
}

/// One page of model types.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<ModelTypeFilter, ModelTypeSort>) -> Result<Listed<ModelType>> {
    let query = filtered(&ask.filter).select(ModelTypeRow::as_select());
    let cut = match ask.sort {
        ModelTypeSort::CreatedAt => page_by!(tx, ask, query, model_types.created_at: Moment),
        ModelTypeSort::ValidFrom => page_by!(tx, ask, query, model_types.valid_from: Day),
        ModelTypeSort::Code => page_by!(tx, ask, query, model_types.code: LongCode),
        ModelTypeSort::Name => page_by!(tx, ask, query, model_types.name_key: SortKey),
    };
    let total = ask.total(|| Ok(filtered(&ask.filter).count().get_result(tx.conn())?))?;
    ask.listed(cut.map(ModelTypeRow::record), total)
}

/// The next model types behind `after` in the order of ids.
pub fn behind(tx: &mut Tx<'_>, after: Option<ModelTypeId>, most: i64) -> Result<Vec<ModelType>> {
    let all = model_types::table.select(ModelTypeRow::as_select()).into_boxed::<MultiBackend>();
    let rows: Vec<ModelTypeRow> = load_behind!(tx, all, model_types, after, most);
    Ok(rows.into_iter().map(ModelTypeRow::record).collect())
}

/// The model type with a code.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<ModelTypeId>> {
    let found = model_types::table.filter(model_types::code.eq(code)).select(model_types::id);
    Ok(found.first(tx.conn()).optional()?)
}

/// A model type; every caller sees every one.
pub fn find(tx: &mut Tx<'_>, id: ModelTypeId) -> Result<ModelType> {
    let row = model_types::table.find(id).select(ModelTypeRow::as_select()).first(tx.conn()).optional()?;
    row.map(ModelTypeRow::record).ok_or(Error::NotFound)
}

/// Creates a model type.
pub fn create(tx: &mut WriteTx<'_>, new: NewModelType) -> Result<ModelTypeId> {
    rules::check(&new.fields)?;
    let id = tx.id_or_new(new.id);
    let record = ModelType { meta: tx.first_version(id), fields: new.fields };
    diesel::insert_into(model_types::table).values(ModelTypeRow::new(&record)).execute(tx.write()).map_err(
        on_conflict(&[
            ("model_types_code", "model_types.code", code_taken),
            ("model_types_pkey", "model_types.id", id_taken),
        ]),
    )?;
    tx.created(&record)?;
    Ok(id)
}

/// Changes a model type; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &ModelType, fields: ModelTypeFields) -> Result<()> {
    rules::check(&fields)?;
    let after = ModelType { meta: tx.next_version(&before.meta), fields };
    let found = model_types::table
        .filter(model_types::id.eq(after.meta.id.cast::<ModelType>()))
        .filter(model_types::version.eq(before.meta.version));
    let changed = diesel::update(found)
        .set(ModelTypeRow::new(&after))
        .execute(tx.write())
        .map_err(on_conflict(&[("model_types_code", "model_types.code", code_taken)]))?;
    if changed != 1 {
        return Err(Error::Raced);
    }
    tx.updated(before, &after)
}

/// Removes a model type that no model is of.
pub fn remove(tx: &mut WriteTx<'_>, record: &ModelType) -> Result<()> {
    let found = model_types::table
        .filter(model_types::id.eq(record.meta.id.cast::<ModelType>()))
        .filter(model_types::version.eq(record.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(record),
        _ => Err(Error::Raced),
    }
}

fn code_taken() -> Error {
    Error::Duplicate(Words::new("Another model type has this code.", "Đã có loại mô hình mang mã này."))
}
