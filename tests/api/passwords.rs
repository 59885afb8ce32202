//! Passwords: chosen by their owners, refused where others would guess them first.

use std::time::Duration;

use serde_json::json;
use tuquan::access::Role;

use crate::stand::person::login;
use crate::stand::{Person, Stand, eventually, journal};

const GOOD: &str = "chín con mèo đen qua cầu";
const OTHER: &str = "thuyen giay troi ve pho cu";

fn person(stand: &Stand) -> Person {
    stand.user(Role::Clerk, "VN")
}

#[test]
fn a_user_changes_the_own_password_and_other_sessions_end() {
    let stand = Stand::new();
    let person = person(&stand);
    let other = person.again();
    assert!(person.change_password(&person.password, GOOD).is(204).bytes.is_empty());
    person.caller.get("/v1/me").is(200);
    eventually("the other session is over", Duration::from_secs(1), || other.caller.get("/v1/me").status == 401);
    assert_eq!(other.renew().status, 400);
    person.renew().is(200);
    assert_eq!(person.login().status, 401);
    let now = Person { password: GOOD.to_owned(), ..person.clone() }.again();
    assert_eq!(now.caller.get("/v1/me").json()["mustChangePassword"], false);
    let decomposed = "chi\u{301}n con me\u{300}o đen qua câ\u{300}u";
    login(&person.caller, &person.username, decomposed).is(200);
    let changed = journal::entries(&stand.database);
    let changed = changed.iter().filter(|e| e.resource == "user-credentials" && e.action == "update").count();
    assert_eq!(changed, 1);
    assert!(!stand.database.contents().hold("con mèo đen"));
}

#[test]
fn a_password_is_refused_by_its_length_or_because_it_is_guessed_first_and_for_nothing_else() {
    let stand = Stand::new();
    let person = person(&stand);
    let change = |new: &str| person.change_password(&person.password, new);
    change("mười một kt").faults(&["/newPassword too-short"]);
    change(&"ă".repeat(129)).faults(&["/newPassword too-long"]);
    change("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}").faults(&["/newPassword too-short"]);
    for weak in ["password1234", "PASSWORD1234", "123456789012", "qwertyuiop12", "tuquan123456", "aaaaaaaaaaaaaaaaaaa"]
    {
        change(weak).faults(&["/newPassword too-weak"]);
    }
    change(&format!("{}-20241", person.username)).faults(&["/newPassword too-weak"]);
    change(&format!("{}-{}", person.username, "Can Bo Thu")).faults(&["/newPassword too-weak"]);
    let body = json!({"currentPassword": person.password, "newPasword": GOOD});
    person.caller.post("/v1/me/password", &body).faults(&["/newPasword unknown", "/newPassword required"]);
    person.caller.post("/v1/me/password?x=1", &body).faults(&["x unknown"]);
    assert_eq!(person.login().status, 200, "nothing has changed");
    change("only lower case letters").is(204);
}

#[test]
fn a_wrong_current_password_is_409_and_counts_as_a_failed_sign_in() {
    let stand = Stand::new();
    let person = person(&stand);
    let wrong = || person.change_password("không phải mật khẩu này", GOOD).problem(409, "rule-violated");
    let first = wrong();
    for _ in 0..4 {
        wrong();
    }
    let locked = person.change_password(&person.password, GOOD).problem(409, "rule-violated");
    assert_eq!(locked.stable(), first.stable(), "locked is answered like wrong");
    person.caller.get("/v1/me").is(200);
    std::thread::sleep(Duration::from_millis(1100));
    person.change_password(&person.password, GOOD).is(204);
}

#[test]
fn a_client_has_no_password() {
    let stand = Stand::new();
    let body = json!({"currentPassword": "x", "newPassword": GOOD});
    stand.chief().post("/v1/me/password", &body).problem(409, "rule-violated");
    stand.nobody().post("/v1/me/password", &body).problem(401, "unauthenticated");
}

#[test]
fn a_repeated_change_is_the_same_change_and_keeps_no_trace_of_the_password() {
    let stand = Stand::new();
    let person = person(&stand);
    let body = json!({"currentPassword": person.password, "newPassword": GOOD});
    person.caller.post_once("/v1/me/password", "khoa-1", &body).is(204);
    person.caller.post_once("/v1/me/password", "khoa-1", &body).is(204);
    let other = json!({"currentPassword": GOOD, "newPassword": OTHER});
    person.caller.post_once("/v1/me/password", "khoa-1", &other).problem(422, "idempotency-key-reused");
    let changes = journal::entries(&stand.database);
    let changes = changes.iter().filter(|e| e.resource == "user-credentials" && e.action == "update").count();
    assert_eq!(changes, 1);
    login(&person.caller, &person.username, GOOD).is(200);
}
