//! Callers: a client of the registry with its token, and the requests it makes.

use std::sync::LazyLock;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::answer::{Answer, text};

pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// One connection pool for the whole suite; it follows nothing and trusts no proxy.
pub fn http() -> &'static Client {
    static HTTP: LazyLock<Client> = LazyLock::new(|| {
        let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(Duration::from_secs(30));
        client.build().expect("a plain HTTP client can be made")
    });
    &HTTP
}

/// A client that signed in; `token` is empty for one that did not.
#[derive(Clone, Debug)]
pub struct Caller {
    pub base: String,
    pub id: String,
    pub secret: String,
    pub token: String,
}

impl Caller {
    /// A caller without a token.
    pub fn nobody(base: &str) -> Self {
        Self { base: base.to_owned(), id: String::new(), secret: String::new(), token: String::new() }
    }

    /// Signs in with a client's secret at the token endpoint.
    #[track_caller]
    pub fn sign_in(base: &str, made: &Value) -> Self {
        let (id, secret) = (text(&made["clientId"]), text(&made["clientSecret"]));
        let answer = Self::nobody(base).token_by_post(&id, &secret).is(200);
        Self { base: base.to_owned(), token: text(&answer.json()["access_token"]), id, secret }
    }

    /// The same client with a new token, for what takes longer than a token lasts.
    #[track_caller]
    pub fn again(&self) -> Self {
        Self::sign_in(&self.base, &json!({"clientId": self.id, "clientSecret": self.secret}))
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Asks for a token, authenticated in the form.
    pub fn token_by_post(&self, id: &str, secret: &str) -> Answer {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        self.form(&form).send()
    }

    /// A request to the token endpoint.
    pub fn form(&self, pairs: &[(&str, &str)]) -> Request {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(pairs);
        let request = http().post(format!("{}/oauth/token", self.base)).body(body.finish());
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        Request { request, asked: "POST /oauth/token".to_owned() }
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        let asked = format!("{method} {path}");
        let request = http().request(method, format!("{}{path}", self.base));
        match self.token.is_empty() {
            true => Request { request, asked },
            false => Request { request: request.bearer_auth(&self.token), asked },
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send()
    }

    /// As `get`, coming back as often as the service asks for it: a debug build on a busy machine may.
    pub fn get_patiently(&self, path: &str) -> Answer {
        self.request(Method::GET, path).patiently()
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).json(body).send()
    }

    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).header("Idempotency-Key", key).json(body).send()
    }

    /// Creates a record and gives it back.
    #[track_caller]
    pub fn create(&self, path: &str, body: &Value) -> Value {
        self.post(path, body).is(201).json()
    }

    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, path).header("If-Match", etag).patch_body(body).send()
    }

    /// Changes the record as it stands.
    #[track_caller]
    pub fn change(&self, path: &str, body: &Value) -> Answer {
        let etag = self.get(path).is(200).etag();
        self.patch(path, &etag, body)
    }

    pub fn delete(&self, path: &str, etag: &str) -> Answer {
        self.request(Method::DELETE, path).header("If-Match", etag).send()
    }

    /// Removes the record as it stands.
    #[track_caller]
    pub fn remove(&self, path: &str) -> Answer {
        let etag = self.get(path).is(200).etag();
        self.delete(path, &etag)
    }

    /// One field of all records of a list, in its order.
    #[track_caller]
    pub fn list(&self, path: &str, field: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        let mark = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{mark}cursor={cursor}")).is(200);
            found.extend(page.each(field));
            match page.json()["page"]["nextCursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return found,
            }
        }
    }
}

/// A request about to be sent.
pub struct Request {
    request: RequestBuilder,
    asked: String,
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    pub fn patch_body(self, body: &Value) -> Self {
        self.raw(MERGE_PATCH, body.to_string())
    }

    pub fn raw(mut self, kind: &str, body: impl Into<reqwest::blocking::Body>) -> Self {
        self.request = self.request.header("Content-Type", kind).body(body);
        self
    }

    pub fn send(self) -> Answer {
        let response = self.request.send().expect("the service answers");
        Answer::of(self.asked, response)
    }

    /// As `send`, coming back as often as the service asks for it; of a request that can be sent again.
    pub fn patiently(self) -> Answer {
        for _ in 0..20 {
            let again = self.request.try_clone().expect("it can be sent again");
            let answer = Self { request: again, asked: self.asked.clone() }.send();
            if answer.status != 503 {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        self.send()
    }

    /// As `send`, where the service may be going down.
    pub fn try_send(self) -> Option<Answer> {
        let response = self.request.send().ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().ok()?.to_vec();
        Some(Answer { status, headers, bytes, asked: self.asked })
    }
}

/// The empty patch.
pub fn nothing() -> Value {
    json!({})
}
