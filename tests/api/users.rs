//! Users as records: their names sealed, their rights, and who may give them.

use std::time::Duration;

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};
use tuquan::command::disable_user;

use crate::stand::person::login;
use crate::stand::{Stand, World, eventually, journal, nothing, text, v7, with, world};

#[test]
fn a_user_has_the_rights_of_the_role_in_the_unit_and_is_told_so() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for role in Role::ALL {
        let person = stand.user(*role, &world.ward);
        let me = person.caller.get("/v1/me").is(200).json();
        let scopes: Vec<&str> = role.scopes().iter().map(|scope| scope.as_str()).collect();
        assert_eq!(me["scopes"], json!(scopes));
        assert_eq!((&me["kind"], &me["role"]), (&json!("user"), &json!(role.as_str())));
        assert_eq!((&me["username"], &me["displayName"]), (&json!(person.username), &json!("Cán bộ thử")));
        assert_eq!((&me["unitId"], &me["mustChangePassword"]), (&json!(world.ward), &json!(true)));
        assert_eq!(me["id"], person.caller.id);
    }
    let me = world.chief.get("/v1/me").is(200).json();
    assert!(["username", "displayName", "role", "mustChangePassword"].iter().all(|name| me.get(name).is_none()));
}

#[test]
fn a_user_works_in_the_own_territory_and_is_named_as_author() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (clerk, viewer) = (stand.user(Role::Clerk, &world.ward), stand.user(Role::Viewer, &world.ward));
    let made = clerk.caller.create("/v1/models", &world.model("Tổ liên gia"));
    assert_eq!(made["createdBy"], clerk.caller.id);
    let path = format!("/v1/models/{}", text(&made["id"]));
    viewer.caller.get(&path).is(200);
    viewer.caller.post("/v1/models", &world.model("b")).problem(403, "insufficient-scope");
    stand.user(Role::Clerk, &world.other).caller.get(&path).problem(404, "not-found");
    clerk.caller.get("/v1/users").problem(403, "insufficient-scope");
}

#[test]
fn a_username_is_taken_everywhere_and_says_nothing_of_who_has_it() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    let here = world.chief.create("/v1/users", &world::user("tran.thi-b_1", &world.ward));
    assert!(here.get("password").is_none());
    let taken = stranger.post("/v1/users", &world::user("tran.thi-b_1", &world.other)).problem(409, "duplicate");
    let told = taken.text();
    assert!(!told.contains(&text(&here["id"])) && !told.contains("tran") && !told.contains(&world.ward), "{told}");
    let path = format!("/v1/users/{}", text(&here["id"]));
    world.chief.patch(&path, "\"1\"", &json!({"username": "khac"})).faults(&["/username unknown"]);
    for bad in ["ab", "Abc", ".abc", "a b c", "ábc", "abc\u{0}", &"a".repeat(65)] {
        let body = world::user(bad, &world.ward);
        let answer = world.chief.post("/v1/users", &body).problem(400, "invalid-request");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/username", "{bad}: {answer:?}");
    }
    world.chief.create("/v1/users", &world::user("a1-", &world.ward));
}

#[test]
fn an_identity_belongs_to_one_user() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let of = |username: &str, sub: &str| {
        let identities = json!([{"iss": "https://id.example", "sub": sub}]);
        with(&world::user(username, &world.ward), json!({"identities": identities}))
    };
    let first = world.chief.create("/v1/users", &of("mot", "s-1"));
    assert_eq!(first["identities"], json!([{"iss": "https://id.example", "sub": "s-1"}]));
    world.chief.post("/v1/users", &of("hai", "s-1")).problem(409, "duplicate");
    let second = format!("/v1/users/{}", text(&world.chief.create("/v1/users", &of("hai", "s-2"))["id"]));
    let taken = json!({"identities": [{"iss": "https://id.example", "sub": "s-1"}]});
    world.chief.change(&second, &taken).problem(409, "duplicate");
    let twice = json!({"identities": [{"iss": "a", "sub": "b"}, {"iss": "a", "sub": "b"}]});
    world.chief.change(&second, &twice).problem(409, "duplicate");
    let first = format!("/v1/users/{}", text(&first["id"]));
    assert!(world.chief.change(&first, &json!({"identities": []})).is(200).json().get("identities").is_none());
    world.chief.change(&second, &taken).is(200);
    let many: Vec<Value> = (0..11).map(|n| json!({"iss": "i", "sub": n.to_string()})).collect();
    world.chief.change(&second, &json!({"identities": many})).faults(&["/identities too-many"]);
}

#[test]
fn a_list_of_users_is_narrowed_by_role_state_unit_and_name() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let make = |username: &str, more: Value| {
        text(&world.chief.create("/v1/users", &with(&world::user(username, &world.ward), more))["id"])
    };
    let (one, two) = (make("le.van.a", json!({})), make("le_van_b", json!({"role": "admin", "state": "disabled"})));
    let list = |query: &str| world.chief.list(&format!("/v1/users?{query}"), "id");
    assert_eq!(list("role=admin"), [two.as_str()]);
    assert_eq!(list("role=clerk,admin&sort=username"), [one.as_str(), two.as_str()]);
    assert_eq!(list("state=active"), [one.as_str()]);
    assert_eq!(list("q=LE.van"), [one.as_str()]);
    assert_eq!(list("q=van_"), [two.as_str()]);
    assert_eq!(list("q=%25"), Vec::<String>::new());
    assert_eq!(list(&format!("unitId={}", world.other)), Vec::<String>::new());
    world.chief.get("/v1/users?role=chief").problem(400, "invalid-request");
}

#[test]
fn nobody_changes_the_own_rights_and_an_admin_changes_those_of_others() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let admin = stand.user(Role::Admin, &world.province);
    let own = format!("/v1/users/{}", admin.caller.id);
    for change in [
        json!({"role": "commander"}),
        json!({"state": "disabled"}),
        json!({"unitId": world.ward}),
        json!({"identities": [{"iss": "https://id.example", "sub": "mine"}]}),
    ] {
        admin.caller.change(&own, &change).problem(409, "rule-violated");
    }
    admin.caller.post(&format!("{own}/credentials"), &nothing()).problem(409, "rule-violated");
    admin.caller.change(&own, &json!({"displayName": "Tên khác"})).is(200);
    let other = admin.caller.create("/v1/users", &world::user("le.van.c", &world.ward));
    let other = format!("/v1/users/{}", text(&other["id"]));
    admin.caller.change(&other, &json!({"role": "officer"})).is(200);
    admin.caller.post("/v1/users", &world::user("o-ngoai", world::COUNTRY)).problem(409, "reference-missing");
    admin.caller.change(&other, &json!({"unitId": world::COUNTRY})).problem(409, "reference-missing");
    let id = other.rsplit('/').next().unwrap_or_default();
    let grants = journal::entries(&stand.database).into_iter().filter(|e| e.is("grant", id)).count();
    assert_eq!(grants, 1);
}

#[test]
fn a_user_who_is_disabled_moved_or_demoted_is_so_within_a_second() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let person = stand.user(Role::Clerk, &world.ward);
    let path = format!("/v1/users/{}", person.caller.id);
    person.caller.get("/v1/members").is(200);
    let second = Duration::from_secs(1);
    world.chief.change(&path, &json!({"role": "viewer"})).is(200);
    eventually("the right is gone", second, || person.caller.get("/v1/members").status == 403);
    let model = world.a_model("Tổ liên gia");
    person.caller.get(&model).is(200);
    world.chief.change(&path, &json!({"unitId": world.other})).is(200);
    eventually("the territory is another", second, || person.caller.get(&model).status == 404);
    world.chief.change(&path, &json!({"state": "disabled"})).is(200);
    eventually("the token opens nothing", second, || person.caller.get("/v1/me").status == 401);
    assert_eq!((person.login().status, person.renew().status), (401, 400));
    world.chief.change(&path, &json!({"state": "active"})).is(200);
    std::thread::sleep(second);
    person.caller.get("/v1/me").problem(401, "unauthenticated");
    assert_eq!(person.renew().status, 400, "a session that ended stays so");
    person.again().caller.get("/v1/me").is(200);
    disable_user(stand.door(), &person.username).expect("a user can be disabled");
    assert_eq!(person.login().status, 401);
    assert!(disable_user(stand.door(), "nobody-here").is_err());
}

#[test]
fn the_id_of_a_principal_is_no_other_principals() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let id = v7();
    world.chief.create("/v1/clients", &with(&world::client("a", &world.other), json!({"id": id})));
    let stranger = stand.client(Scope::ALL).in_unit(&world.ward);
    let as_user = with(&world::user("ke-gia", &world.ward), json!({"id": id}));
    stranger.post("/v1/users", &as_user).problem(409, "duplicate");
    let id = v7();
    world.chief.create("/v1/users", &with(&world::user("nguoi-that", &world.other), json!({"id": id})));
    let as_client = with(&world::client("b", &world.ward), json!({"id": id}));
    stranger.post("/v1/clients", &as_client).problem(409, "duplicate");
    let system = json!({"id": "00000000-0000-7000-8000-000000000000"});
    stranger.post("/v1/users", &with(&world::user("he-thong", &world.ward), system)).problem(409, "duplicate");
}

#[test]
fn a_one_time_password_is_shown_once_and_ends_the_sessions() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let person = stand.user(Role::Clerk, &world.ward);
    let path = format!("/v1/users/{}/credentials", person.caller.id);
    let answer = world.chief.post_once(&path, "khoa-1", &nothing()).is(201);
    assert_eq!(answer.given("cache-control"), "no-store");
    let password = text(&answer.json()["password"]);
    assert!(password.len() >= 20 && answer.json()["temporary"] == true, "{answer:?}");
    let again = world.chief.post_once(&path, "khoa-1", &nothing()).is(201);
    assert_eq!(again.given("location"), answer.given("location"));
    assert!(again.json().get("password").is_none(), "{again:?}");
    let shown = world.chief.get(&answer.given("location")).is(200);
    assert!(shown.json().get("password").is_none() && shown.json()["userId"] == person.caller.id);
    assert_eq!(world.chief.get(&path).is(200).items().len(), 1);
    assert_eq!((person.login().status, person.renew().status), (401, 400));
    eventually("the session is over", Duration::from_secs(1), || person.caller.get("/v1/me").status == 401);
    login(&person.caller, &person.username, &password).is(200);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    stranger.post(&path, &nothing()).problem(404, "not-found");
    let secrets = journal::entries(&stand.database).iter().any(|entry| entry.changed.contains("password"));
    assert!(!secrets);
}

#[test]
fn neither_a_name_nor_an_identity_nor_a_secret_is_in_the_database_in_the_clear() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = with(
        &world::user("le-thi-d", &world.ward),
        json!({"displayName": "Lê Thị Kỳ Duyên", "identities": [{"iss": "https://id.example", "sub": "079123456789"}]}),
    );
    let path = format!("/v1/users/{}", text(&world.chief.create("/v1/users", &body)["id"]));
    world.chief.change(&path, &json!({"displayName": "Phan Thị Kỳ Duyên"})).is(200);
    let password = text(&world.chief.create(&format!("{path}/credentials"), &nothing())["password"]);
    let tokens = login(&world.chief, "le-thi-d", &password).is(200).json();
    login(&world.chief, "khong-co-ai", "sai mật khẩu rồi").is(401);
    login(&world.chief, "le-thi-d", "sai mật khẩu rồi").is(401);
    let secrets = ["Kỳ Duyên", "079123456789", "id.example", &password, "khong-co-ai", "argon2", "127.0.0.1"];
    let kept = stand.database.contents();
    assert!(kept.hold("le-thi-d"), "the rows are looked at");
    for secret in secrets.into_iter().chain([tokens["refresh_token"].as_str().unwrap_or_default()]) {
        assert!(!kept.hold(secret), "{secret} is in the database");
    }
    let versions = world.chief.get(&format!("{path}/versions")).is(200).text();
    assert!(versions.contains("Lê Thị Kỳ Duyên") && versions.contains("079123456789"), "{versions}");
}
