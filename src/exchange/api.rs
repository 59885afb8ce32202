//! Routes of imports, of what is wrong with their rows, and of templates.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::{CsvFile, NdjsonFile, Shown, XlsxFile};
use super::catalogue::ResourceType;
use super::job::{
    Import, ImportAsked, ImportFilter, ImportId, ImportMode, ImportParams, ImportTemplate, JobSort, RowError,
    RowErrorSort,
};
use super::read::{Format, XLSX};
use super::{row_errors, store, write};
use crate::access::{Action, Create, Permit, Read, Tx};
use crate::error::{Error, Fault, Result, Words};
use crate::http::{AskFor, At, Language, ListParams, Listed, NoFilter, Page, RawQuery, Upload, preferred};
use crate::journal::Record;

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_imports).service(create_import).service(show_import).service(list_row_errors);
}

/// The templates of files to import.
pub fn templates(config: &mut ServiceConfig<'_>) {
    config.service(show_import_template);
}

/// Lists the caller's imports.
#[utoipa::path(tag = "imports", params(ListParams<ImportFilter, JobSort>), responses((status = 200, body = Page<Import>)))]
#[get("")]
async fn list_imports(permit: Permit<Import, Read>, ask: AskFor<ImportFilter, JobSort>) -> Result<Listed<Import>> {
    permit.read(move |tx| store::list_imports(tx, &ask.read(tx)?)).await
}

/// Imports a file: each row becomes a record as if it had been posted.
///
/// Answers at once with a job that is done beside; 429 where a hundred of the caller's jobs are not done yet. Headers are
/// the JSON names or the Vietnamese or English names of the template; `31/3/2023` and `1.080` are understood. Needs the right to create what is imported too.
#[utoipa::path(
    tag = "imports",
    params(ImportParams),
    request_body(content(
        (CsvFile = "text/csv"),
        (XlsxFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (NdjsonFile = "application/x-ndjson"),
    )),
    responses((status = 201, body = Import))
)]
#[post("")]
async fn create_import(permit: Permit<Import, Create>, query: RawQuery, upload: Upload) -> Result<Shown> {
    permit.look(store::room).await?;
    permit
        .write(move |tx| {
            let asked = asked(tx, &query, &upload)?;
            let id = upload.once(tx, |tx| store::create_import(tx, &asked, upload.bytes()))?;
            let import = store::find_import(tx, id)?;
            Ok(Shown::new(&import)?.made_at(import.location()))
        })
        .await
}

/// What is asked of an import: 403, 415 and 400.
fn asked(tx: &Tx<'_>, query: &RawQuery, upload: &Upload) -> Result<ImportAsked> {
    let params = query.read::<ImportParams>();
    if let Ok(params) = &params {
        tx.must_may(params.resource.resource().noun, Action::Create)?;
    }
    const EXPECTED: &str =
        "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet or application/x-ndjson";
    let format = Format::of_media_type(upload.media_type());
    let format = format.ok_or(Error::UnsupportedMediaType { expected: EXPECTED })?;
    let mut faults = upload.faults();
    if upload.bytes().is_empty() {
        let detail = Words::new("The body is empty.", "Nội dung trống.");
        faults.push(Fault::body("", "required", detail));
    }
    match params {
        Ok(params) if faults.is_empty() => Ok(ImportAsked {
            resource: params.resource,
            mode: params.mode.unwrap_or(ImportMode::Validate),
            atomic: params.atomic.unwrap_or(true),
            format,
            charset: upload.charset().map(|name| name.chars().take(40).collect()),
        }),
        Ok(_) => Err(Error::Invalid(faults)),
        Err(Error::Invalid(more)) => Err(Error::Invalid(more.into_iter().chain(faults).collect())),
        Err(other) => Err(other),
    }
}

/// Shows an import and how far it is.
#[utoipa::path(tag = "imports", responses((status = 200, body = Import)))]
#[get("/{importId}")]
async fn show_import(permit: Permit<Import, Read>, At((id,)): At<(ImportId,)>) -> Result<Shown> {
    permit.read(move |tx| Shown::new(&store::find_import(tx, id)?)).await
}

/// Lists what is wrong with the rows of an import, at most the first thousand faults.
#[utoipa::path(tag = "imports", params(ListParams<NoFilter, RowErrorSort>), responses((status = 200, body = Page<RowError>)))]
#[get("/{importId}/row-errors")]
async fn list_row_errors(
    permit: Permit<RowError, Read>,
    At((id,)): At<(ImportId,)>,
    ask: AskFor<NoFilter, RowErrorSort>,
    request: HttpRequest,
) -> Result<Listed<RowError>> {
    let language = Language::asked(request.headers());
    permit
        .read(move |tx| {
            store::find_import(tx, id)?;
            row_errors::list(tx, id, &ask.read(tx)?, language)
        })
        .await
}

/// Shows a workbook to fill in for an import, with the names of its columns in the language asked for.
#[utoipa::path(
    tag = "imports",
    params(("resource" = ResourceType, Path, description = "The kind of record.")),
    responses((status = 200, content(
        (XlsxFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )))
)]
#[get("/v1/import-templates/{resource}")]
async fn show_import_template(
    permit: Permit<ImportTemplate, Read>,
    At((resource,)): At<(ResourceType,)>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    if preferred(request.headers(), &[XLSX]).is_none() {
        return Err(Error::NotAcceptable { offered: XLSX });
    }
    let language = Language::asked(request.headers());
    let book = permit.read(move |_| write::template(resource.resource().columns, language)).await?;
    let name = format!("attachment; filename=\"{resource}.xlsx\"");
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, XLSX)).insert_header((CONTENT_DISPOSITION, name)).body(book))
}
