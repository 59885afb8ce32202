//! Persons: users who sign in with a password over HTTP.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tuquan::access::Role;
use tuquan::command::create_user;

use super::answer::{Answer, text};
use super::{Caller, Stand};

/// A user with the password it knows and what it got for it.
#[derive(Clone, Debug)]
pub struct Person {
    pub caller: Caller,
    pub username: String,
    pub password: String,
    pub refresh: String,
}

impl Person {
    /// Makes a user at the database itself and signs it in.
    #[track_caller]
    pub fn new(stand: &Stand, role: Role, unit: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let username = format!("can-bo-{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let made = create_user(stand.door(), &username, "Cán bộ thử", role, unit).expect("a user can be made");
        let password = text(&made["password"]);
        let answer = login(&stand.nobody(), &username, &password).is(200);
        let caller = Caller { id: text(&made["user"]["id"]), ..stand.nobody() };
        let nobody = Self { caller, username, password, refresh: String::new() };
        nobody.with(&answer.json())
    }

    /// The same with the tokens of an answer.
    pub fn with(&self, tokens: &Value) -> Self {
        Self {
            caller: self.caller.with_token(&text(&tokens["access_token"])),
            refresh: text(&tokens["refresh_token"]),
            ..self.clone()
        }
    }

    /// Signs in once more.
    pub fn login(&self) -> Answer {
        login(&self.caller, &self.username, &self.password)
    }

    /// Another session of the same user.
    #[track_caller]
    pub fn again(&self) -> Self {
        self.with(&self.login().is(200).json())
    }

    pub fn renew(&self) -> Answer {
        renew(&self.caller, &self.refresh)
    }

    pub fn change_password(&self, current: &str, new: &str) -> Answer {
        self.caller.post("/v1/me/password", &json!({"currentPassword": current, "newPassword": new}))
    }
}

/// Signs in as anybody.
pub fn login(caller: &Caller, username: &str, password: &str) -> Answer {
    caller.with_token("").post("/oauth/login", &json!({"username": username, "password": password}))
}

/// Changes a refresh token for new tokens.
pub fn renew(caller: &Caller, refresh: &str) -> Answer {
    caller.form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).send()
}

/// Revokes a token.
pub fn revoke(caller: &Caller, pairs: &[(&str, &str)]) -> Answer {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs);
    let request = caller.with_token("").request(reqwest::Method::POST, "/oauth/revoke");
    request.raw("application/x-www-form-urlencoded", body.finish()).send()
}
