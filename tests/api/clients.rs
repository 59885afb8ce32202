//! Clients: their secrets, their rights, and how soon both are gone.

use std::time::{Duration, Instant};

use serde_json::json;
use tuquan::access::Scope;

use crate::stand::{Caller, Stand, World, eventually, journal, nothing, text, v7, world};

/// A client made over the API, without a credential, and the path of its credentials.
fn client_of(world: &World) -> (String, String) {
    let body = world::client("Hệ thống xã", &world.ward);
    let id = text(&world.chief.create("/v1/clients", &body)["id"]);
    (id.clone(), format!("/v1/clients/{id}/credentials"))
}

#[test]
fn a_secret_is_shown_once_and_opens_the_registry() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (id, credentials) = client_of(&world);
    let answer = world.chief.post(&credentials, &nothing()).is(201);
    let made = answer.json();
    let secret = text(&made["clientSecret"]);
    assert!(secret.len() >= 43, "256 bits in base64url");
    assert_eq!(made["clientId"], id);
    assert_eq!(answer.given("cache-control"), "no-store");
    let caller = Caller::sign_in(&stand.base, &made);
    assert_eq!(caller.get("/v1/me").is(200).json()["scopes"], json!(["models:read"]));
    for path in [answer.given("location"), credentials, "/v1/clients".to_owned(), format!("/v1/clients/{id}/versions")]
    {
        let shown = world.chief.get(&path).is(200);
        assert!(!shown.text().contains(&secret) && !shown.text().contains("ecret\""), "{shown:?}");
    }
}

#[test]
fn a_secret_is_nowhere_in_the_database() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (_, credentials) = client_of(&world);
    let secret = text(&world.chief.create(&credentials, &nothing())["clientSecret"]);
    #[derive(diesel::QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::Text)]
        kept: String,
    }
    const JOURNAL: &str = "SELECT coalesce(record, '') || changed_fields AS kept FROM journal";
    const KEYS: &str = "SELECT key AS kept FROM idempotency_keys";
    let mut kept: Vec<Kept> = stand.database.load(JOURNAL, JOURNAL);
    kept.extend(stand.database.load::<Kept>(KEYS, KEYS));
    assert!(kept.len() > 5 && kept.iter().all(|row| !row.kept.contains(&secret)));
}

#[test]
fn a_repeated_request_for_a_credential_does_not_show_the_secret_again() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (_, credentials) = client_of(&world);
    let first = world.chief.post_once(&credentials, "khóa-1".replace('ó', "o").as_str(), &nothing()).is(201);
    let again = world.chief.post_once(&credentials, "khoa-1", &nothing()).is(201);
    assert_eq!(first.given("location"), again.given("location"));
    assert!(first.json()["clientSecret"].is_string() && again.json().get("clientSecret").is_none());
    assert_eq!(world.chief.get(&credentials).items().len(), 1);
}

#[test]
fn two_secrets_may_overlap_and_a_third_waits() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (id, credentials) = client_of(&world);
    let (old, new) = (world.chief.create(&credentials, &nothing()), world.chief.create(&credentials, &nothing()));
    world.chief.post(&credentials, &nothing()).problem(409, "rule-violated");
    let signs_in = |made: &serde_json::Value| stand.nobody().token_by_post(&id, &text(&made["clientSecret"])).status;
    assert_eq!((signs_in(&old), signs_in(&new)), (200, 200));
    world.chief.remove(&format!("{credentials}/{}", text(&old["id"]))).is(204);
    assert_eq!((signs_in(&old), signs_in(&new)), (401, 200));
    world.chief.create(&credentials, &nothing());
    assert_eq!(signs_in(&new), 200);
}

#[test]
fn a_credential_is_a_record_like_others() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (_, credentials) = client_of(&world);
    let id = v7();
    let answer = world.chief.post(&credentials, &json!({"id": id})).is(201);
    assert_eq!((answer.id(), answer.etag()), (id.clone(), "\"1\"".to_owned()));
    world.chief.post(&credentials, &json!({"id": id})).problem(409, "duplicate");
    world.chief.post(&credentials, &json!({"secret": "x"})).faults(&["/secret unknown"]);
    world.chief.request(reqwest::Method::POST, &credentials).send().is(201);
    let path = answer.given("location");
    world.chief.request(reqwest::Method::DELETE, &path).send().problem(428, "precondition-required");
    world.chief.delete(&path, "\"2\"").problem(412, "stale");
    let (_, other) = client_of(&world);
    world.chief.get(&format!("{other}/{id}")).problem(404, "not-found");
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    stranger.get(&credentials).problem(404, "not-found");
    stranger.post(&credentials, &nothing()).problem(404, "not-found");
    let entries = journal::entries(&stand.database);
    let about: Vec<&str> = entries.iter().filter(|e| e.id == id.replace('-', "")).map(|e| e.action.as_str()).collect();
    assert_eq!(about, ["grant", "create"]);
}

#[test]
fn a_disabled_client_is_turned_away_within_a_second() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let caller = stand.client(&[Scope::ModelsRead]).in_unit(&world.ward);
    caller.get("/v1/models").is(200);
    world.chief.change(&format!("/v1/clients/{}", caller.id), &json!({"state": "disabled"})).is(200);
    let began = Instant::now();
    eventually("a disabled client is refused", Duration::from_secs(1), || caller.get("/v1/models").status == 401);
    assert!(began.elapsed() < Duration::from_millis(1100));
    stand.nobody().token_by_post(&caller.id, &caller.secret).is(401);
    world.chief.change(&format!("/v1/clients/{}", caller.id), &json!({"state": "active"})).is(200);
    eventually("it is let in again", Duration::from_secs(1), || caller.get("/v1/models").status == 200);
}

#[test]
fn a_right_that_was_withdrawn_is_gone_within_a_second() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let caller = stand.client(&[Scope::ModelsRead, Scope::UnitsRead]).in_unit(&world.ward);
    caller.get("/v1/models").is(200);
    let path = format!("/v1/clients/{}", caller.id);
    world.chief.change(&path, &json!({"scopes": ["units:read"]})).is(200);
    eventually("a withdrawn right is refused", Duration::from_secs(1), || caller.get("/v1/models").status == 403);
    caller.get("/v1/units").is(200);
    let grants = journal::entries(&stand.database).into_iter().filter(|entry| entry.is("grant", &caller.id)).count();
    assert_eq!(grants, 1, "the change of rights is entered");
    world.chief.change(&path, &json!({"name": "Tên mới"})).is(200);
    let grants = journal::entries(&stand.database).into_iter().filter(|entry| entry.is("grant", &caller.id)).count();
    assert_eq!(grants, 1, "a change of name is no grant");
}

#[test]
fn a_territory_that_was_narrowed_is_narrow_within_a_second() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.a_model("Tổ liên gia");
    let caller = stand.client(&[Scope::ModelsRead]).in_unit(&world.province);
    caller.get(&model).is(200);
    world.chief.change(&format!("/v1/clients/{}", caller.id), &json!({"unitId": world.other})).is(200);
    eventually("the model is out of sight", Duration::from_secs(1), || caller.get(&model).status == 404);
}

#[test]
fn a_refusal_is_entered_in_the_journal() {
    let stand = Stand::new();
    let caller = stand.client(&[Scope::UnitsRead]).in_unit("VN");
    let refused = caller.get("/v1/models").problem(403, "insufficient-scope");
    caller.get("/v1/units").is(200);
    stand.nobody().get("/v1/models").is(401);
    let entries = journal::entries(&stand.database);
    let refusals: Vec<&journal::Entry> = entries.iter().filter(|entry| entry.action == "refusal").collect();
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].request_id, refused.given("x-request-id"));
}

#[test]
fn scopes_are_kept_once_each_and_unknown_ones_refused() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = |scopes: serde_json::Value| json!({"name": "a", "scopes": scopes, "unitId": world.ward});
    let made = world.chief.create("/v1/clients", &body(json!(["models:write", "models:read", "models:write"])));
    assert_eq!(made["scopes"], json!(["models:read", "models:write"]));
    assert_eq!((&made["rateLimitPerMinute"], &made["state"]), (&json!(600), &json!("active")));
    world.chief.post("/v1/clients", &body(json!(["models:all"]))).faults(&["/scopes/0 not-allowed"]);
    assert_eq!(world.chief.create("/v1/clients", &body(json!([])))["scopes"], json!([]));
    for rate in [0, -1, 10_000_001] {
        let bad = crate::stand::with(&body(json!([])), json!({"rateLimitPerMinute": rate}));
        world.chief.post("/v1/clients", &bad).problem(400, "invalid-request");
    }
    world.chief.get("/v1/clients?state=disabled").is(200);
    assert_eq!(world.chief.list("/v1/clients?state=disabled", "id"), Vec::<String>::new());
}
