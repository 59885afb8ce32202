//! The scenario with the client that progenitor generates from the 3.0.3 rendering. What must not come
//! in: anything of the service itself; this is somebody else's program.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, Utc};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use uuid::Uuid;

/// The generated client.
#[expect(clippy::all, reason = "generated code answers to its generator")]
mod api {
    progenitor::generate_api!(spec = "openapi.json", interface = Builder, derives = [PartialEq]);
}

use api::types;

/// A patch is a merge patch, which the generator has no word for.
impl ClientHooks<()> for api::Client {
    async fn pre<E>(&self, request: &mut reqwest::Request, _: &OperationInfo) -> Result<(), progenitor_client::Error<E>> {
        if request.method() == Method::PATCH {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/merge-patch+json"));
        }
        Ok(())
    }
}

type Failure = Box<dyn std::error::Error>;

fn setting(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("{name} is not set").into())
}

async fn token(base: &str) -> Result<String, Failure> {
    let pair = STANDARD.encode(format!("{}:{}", setting("CLIENT_ID")?, setting("CLIENT_SECRET")?));
    let answer = reqwest::Client::new()
        .post(format!("{base}/oauth/token"))
        .header(AUTHORIZATION, format!("Basic {pair}"))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await?
        .error_for_status()?;
    let told: Value = answer.json().await?;
    Ok(told["access_token"].as_str().ok_or("no token")?.to_owned())
}

/// A client whose every request carries the token.
async fn client(base: &str) -> Result<api::Client, Failure> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token(base).await?))?;
    bearer.set_sensitive(true);
    let http = reqwest::Client::builder().default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)])).build()?;
    Ok(api::Client::new_with_client(base, http))
}

fn etag<T>(answer: &progenitor_client::ResponseValue<T>) -> String {
    answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned()
}

async fn rename(client: &api::Client, id: Uuid, tag: &str, name: &str) -> Result<progenitor_client::ResponseValue<types::Model>, api::Error<types::Problem>> {
    let patch = types::ModelPatch::builder().name(name.parse::<types::ModelPatchName>().ok());
    client.update_model().model_id(id).if_match(tag).body(patch).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let base = setting("BASE_URL")?;
    let client = client(&base).await?;
    let today = (Utc::now() + chrono::TimeDelta::hours(7)).date_naive();
    assert!(today.checked_add_days(Days::new(1)).is_some());

    let types = client.list_model_types().page_size(1).send().await?;
    let units = client.list_units().kind(vec![types::ListUnitsKindItem::Commune]).page_size(1).send().await?;
    let new = types::NewModel::builder()
        .name("Tổ liên gia Rust")
        .model_type_id(types.items.first().ok_or("the demo is not loaded")?.id)
        .unit_id(units.items.first().ok_or("the demo is not loaded")?.id)
        .established_on(today)
        .lead_body("Công an phường");
    let key = Uuid::new_v4().to_string();
    let made = client.create_model().idempotency_key(key.as_str()).body(new.clone()).send().await?;
    let again = client.create_model().idempotency_key(key.as_str()).body(new).send().await?;
    assert_eq!(made.id, again.id, "the same key makes one model");

    let id = made.id;
    rename(&client, id, &etag(&made), "Tổ liên gia Rust (1)").await?;
    match rename(&client, id, &etag(&made), "Tổ liên gia Rust (2)").await {
        Err(progenitor_client::Error::ErrorResponse(refusal)) => {
            assert_eq!((refusal.status().as_u16(), refusal.code.as_str()), (412, "stale"));
        }
        other => return Err(format!("a stale ETag was taken: {other:?}").into()),
    }
    let fresh = client.show_model().model_id(id).send().await?;
    let renamed = rename(&client, id, &etag(&fresh), "Tổ liên gia Rust (2)").await?;
    assert_eq!(renamed.name.as_str(), "Tổ liên gia Rust (2)");

    let mut incidents = BTreeSet::new();
    let mut cursor = Some(String::new());
    let mut total = None;
    while let Some(at) = cursor {
        let page = client.list_incidents().cursor(at).page_size(2).count(types::ListIncidentsCount::Exact).send().await?;
        for incident in &page.items {
            assert!(incidents.insert(incident.id), "an incident comes once");
        }
        total = page.page.total_count;
        cursor = page.page.next_cursor.as_ref().map(|next| next.to_string());
    }
    assert_eq!(total, Some(i64::try_from(incidents.len())?));

    let mut models = BTreeMap::new();
    let mut cursor = Some(String::new());
    while let Some(at) = cursor {
        let page = client.list_models().cursor(at).page_size(10).send().await?;
        models.extend(page.items.iter().map(|model| (format!("/v1/models/{}", model.id), model.clone())));
        cursor = page.page.next_cursor.as_ref().map(|next| next.to_string());
    }
    let figures = client
        .list_observations()
        .indicator(vec![types::ListObservationsIndicatorItem::ModelsActive])
        .from(today)
        .to(today)
        .send()
        .await?;
    let active = models.values().filter(|model| model.status == types::ModelStatus::Active).count();
    assert_eq!(figures.items[0].value, Some(active as f64), "figures are counts of records");

    let mut copy = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let kinds = vec![types::ListChangesResourceTypesItem::Models];
        let page = client.list_changes().cursor(cursor.as_str()).resource_types(kinds).page_size(500).send().await?;
        for event in &page.items {
            match serde_json::to_value(&event.data)? {
                Value::Null => drop(copy.remove(event.subject.as_str())),
                data => drop(copy.insert(event.subject.to_string(), serde_json::from_value::<types::Model>(data)?)),
            }
        }
        cursor = page.page.next_cursor.as_ref().ok_or("the feed always goes on")?.to_string();
        if !page.page.has_more {
            break;
        }
    }
    assert!(copy == models, "the copy is not the registry");
    println!("rust: {} models, {} incidents, copy equal", models.len(), incidents.len());
    Ok(())
}
