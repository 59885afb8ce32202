//! Outward: how this service asks others, an issuer for its keys and a collector to take traces. It goes
//! where the operator said and nowhere else. What must not come in: an address that a request named.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// What asks at `address`, which takes no longer than `patience`. Certificates are those of the machine.
pub fn client(address: &str, patience: Duration) -> ClientBuilder {
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(patience)
        .user_agent(concat!("tuquan/", env!("CARGO_PKG_VERSION")));
    match address.starts_with("https:") {
        true => client.https_only(true),
        // Nothing is verified, and the machine may have no certificates at all.
        false => client.tls_certs_only([]),
    }
}
