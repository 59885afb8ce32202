//! Routes of code lists and of their codes.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    CodeList, CodeListSort, ListCode, ListCodeFields, ListCodeFilter, ListCodeId, ListCodeSort, ListName, NewListCode,
    store,
};
use crate::access::{Create, Delete, Permit, Read, Update};
use crate::error::Result;
use crate::history::{self, Version};
use crate::http::{
    AskFor, At, Body, Created, IfMatch, ListParams, Listed, MergePatch, NoContent, NoFilter, Page, Plain, Tagged,
    VersionSort,
};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_code_lists)
        .service(show_code_list)
        .service(list_list_codes)
        .service(create_list_code)
        .service(show_list_code)
        .service(update_list_code)
        .service(remove_list_code)
        .service(list_list_code_versions)
        .service(show_list_code_version);
}

/// Lists the code lists.
#[utoipa::path(tag = "code lists", params(ListParams<NoFilter, CodeListSort>), responses((status = 200, body = Page<CodeList>)))]
#[get("")]
async fn list_code_lists(
    permit: Permit<CodeList, Read>,
    ask: AskFor<NoFilter, CodeListSort>,
) -> Result<Listed<CodeList>> {
    permit
        .read(move |tx| {
            let ask = ask.read(tx)?;
            let mut names = ListName::ALL.to_vec();
            names.sort_by_key(|name| name.as_str());
            if ask.descending {
                names.reverse();
            }
            let all = names.len() as i64;
            let cut = ask.cut_all(names, |name| (name.to_string(), uuid::Uuid::nil()))?;
            let total = ask.total(|| Ok(all))?;
            ask.listed(cut.map(CodeList::named), total)
        })
        .await
}

/// Shows a code list.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), responses((status = 200, body = CodeList)))]
#[get("/{listId}")]
async fn show_code_list(permit: Permit<CodeList, Read>, At((list,)): At<(ListName,)>) -> Result<Plain<CodeList>> {
    permit.read(move |_| Ok(Plain(CodeList::named(list)))).await
}

/// Lists the codes of a list.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list."), ListParams<ListCodeFilter, ListCodeSort>), responses((status = 200, body = Page<ListCode>)))]
#[get("/{listId}/codes")]
async fn list_list_codes(
    permit: Permit<ListCode, Read>,
    At((list,)): At<(ListName,)>,
    ask: AskFor<ListCodeFilter, ListCodeSort>,
) -> Result<Listed<ListCode>> {
    permit.read(move |tx| store::list(tx, list, &ask.read(tx)?)).await
}

/// Creates a code.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), request_body = NewListCode, responses((status = 201, body = ListCode)))]
#[post("/{listId}/codes")]
async fn create_list_code(
    permit: Permit<ListCode, Create>,
    At((list,)): At<(ListName,)>,
    body: Body<NewListCode>,
) -> Result<Created<ListCode>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, list, new))?;
            Ok(Created(store::find(tx, list, id)?))
        })
        .await
}

/// Shows a code.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), responses((status = 200, body = ListCode)))]
#[get("/{listId}/codes/{codeId}")]
async fn show_list_code(
    permit: Permit<ListCode, Read>,
    At((list, id)): At<(ListName, ListCodeId)>,
) -> Result<Tagged<ListCode>> {
    permit.glance(move |tx| store::find(tx, list, id)).await.map(Tagged)
}

/// Changes a code.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), responses((status = 200, body = ListCode)))]
#[patch("/{listId}/codes/{codeId}")]
async fn update_list_code(
    permit: Permit<ListCode, Update>,
    At((list, id)): At<(ListName, ListCodeId)>,
    seen: IfMatch,
    patch: MergePatch<ListCodeFields>,
) -> Result<Tagged<ListCode>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, list, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::find(tx, list, id)?))
        })
        .await
}

/// Removes a code that no record uses.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), responses((status = 204)))]
#[delete("/{listId}/codes/{codeId}")]
async fn remove_list_code(
    permit: Permit<ListCode, Delete>,
    At((list, id)): At<(ListName, ListCodeId)>,
    seen: IfMatch,
) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, list, id)?;
            seen.check(&found.meta)?;
            store::remove(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a code.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list."), ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<ListCode>>)))]
#[get("/{listId}/codes/{codeId}/versions")]
async fn list_list_code_versions(
    permit: Permit<ListCode, Read>,
    At((list, id)): At<(ListName, ListCodeId)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<ListCode>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, list, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a code as it was at one version.
#[utoipa::path(tag = "code lists", params(("listId" = ListName, Path, description = "The name of the list.")), responses((status = 200, body = Version<ListCode>)))]
#[get("/{listId}/codes/{codeId}/versions/{version}")]
async fn show_list_code_version(
    permit: Permit<ListCode, Read>,
    At((list, id, version)): At<(ListName, ListCodeId, i32)>,
) -> Result<Plain<Version<ListCode>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, list, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
