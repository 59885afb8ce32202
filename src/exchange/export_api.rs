//! Routes of exports and of their files.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use futures_util::stream;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::{ExportedCsv, ExportedNdjson, ExportedXlsx, Shown};
use super::catalogue::ResourceType;
use super::job::{Export, ExportFile, ExportFilter, ExportId, ExportTold, JobSort, KeptFile, NewExport};
use super::read::Format;
use super::store::JobRow;
use super::{pieces, store};
use crate::access::{Action, Create, Permit, Read, Tx};
use crate::error::{Error, Result};
use crate::http::{AskFor, At, Body, ListParams, Listed, Page, preferred, rights};
use crate::journal::Record;
use crate::types::AnyId;

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_exports).service(create_export).service(show_export).service(show_export_file);
}

/// Lists the caller's exports.
#[utoipa::path(tag = "exports", params(ListParams<ExportFilter, JobSort>), responses((status = 200, body = Page<Export>)))]
#[get("")]
async fn list_exports(permit: Permit<Export, Read>, ask: AskFor<ExportFilter, JobSort>) -> Result<Listed<Export>> {
    permit.read(move |tx| store::list_exports(tx, &ask.read(tx)?)).await
}

/// Exports what the caller may list: a file for each kind of record, all as of one moment.
///
/// Answers at once with a job that is done beside; 429 where a hundred of the caller's jobs are not done yet. Needs
/// the right to read what is exported too.
#[utoipa::path(tag = "exports", request_body = NewExport, responses((status = 201, body = Export)))]
#[post("")]
async fn create_export(permit: Permit<Export, Create>, body: Body<NewExport>) -> Result<Shown> {
    permit.look(store::room).await?;
    permit
        .write(move |tx| {
            let mut asked = body.read()?;
            asked.resource_types.sort_unstable();
            asked.resource_types.dedup();
            for resource in &asked.resource_types {
                tx.must_may(resource.resource().noun, Action::Read)?;
            }
            let id = body.once(tx, |tx| store::create_export(tx, &asked))?;
            let (export, _) = store::find_export(tx, id)?;
            Ok(Shown::new(&export)?.made_at(export.location()))
        })
        .await
}

/// Shows an export and its files.
#[utoipa::path(tag = "exports", responses((status = 200, body = Export)))]
#[get("/{exportId}")]
async fn show_export(permit: Permit<Export, Read>, At((id,)): At<(ExportId,)>) -> Result<Shown> {
    permit.read(move |tx| Shown::new(&store::find_export(tx, id)?.0)).await
}

/// Shows a file of an export, for a day, as long as the caller's rights are those it was made under.
#[utoipa::path(
    tag = "exports",
    params(("resourceType" = ResourceType, Path, description = "The kind of record.")),
    responses((status = 200, content(
        (ExportedCsv = "text/csv"),
        (ExportedXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ExportedNdjson = "application/x-ndjson"),
    )))
)]
#[get("/{exportId}/files/{resourceType}")]
async fn show_export_file(
    permit: Permit<ExportFile, Read>,
    At((id, resource)): At<(ExportId, ResourceType)>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (format, file) = permit.read(move |tx| find(tx, id, resource)).await?;
    if preferred(request.headers(), &[format.media_type()]).is_none() {
        return Err(Error::NotAcceptable { offered: format.media_type() });
    }
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        other => other.media_type(),
    };
    let name = format!("attachment; filename=\"{resource}.{format}\"");
    let bytes =
        stream::try_unfold((permit, 0), move |(permit, number)| piece(permit, id, resource, file.pieces, number));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(Box::pin(bytes)))
}

/// A file of the caller's export: 404 where it is over or the caller's rights are others now.
fn find(tx: &mut Tx<'_>, id: ExportId, resource: ResourceType) -> Result<(Format, KeptFile)> {
    let (export, row): (Export, JobRow) = store::find_export(tx, id)?;
    tx.must_may(resource.resource().noun, Action::Read)?;
    if export.files.is_empty() || row.rights != Some(rights(tx)) {
        return Err(Error::NotFound);
    }
    let told: ExportTold = row.told()?;
    let file = told.files.into_iter().find(|file| file.resource_type == resource);
    file.map(|file| (export.format, file)).ok_or(Error::NotFound)
}

type Reader = Permit<ExportFile, Read>;

/// One piece, each in a transaction of its own: a slow reader holds nothing.
async fn piece(
    permit: Reader,
    id: ExportId,
    resource: ResourceType,
    pieces: i32,
    number: i32,
) -> Result<Option<(web::Bytes, (Reader, i32))>> {
    if number >= pieces {
        return Ok(None);
    }
    let job: AnyId = id.cast();
    let found = permit.read(move |tx| pieces::open(tx, job, resource.as_str(), number)).await?;
    // What was erased while it was read is cut off, and the reader sees that it is.
    let bytes = found.ok_or(Error::NotFound)?;
    Ok(Some((web::Bytes::copy_from_slice(&bytes), (permit, number + 1))))
}
