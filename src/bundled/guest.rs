//! The guest of a demo: a client that may read everything, with a secret that is new at every start,
//! and the one line that shows what the demo is about.

use std::net::SocketAddr;

use crate::access::{Caller, Door, ROOT_UNIT, Scope, WriteTx};
use crate::error::{Error, Result};
use crate::resources::client::{Client, ClientFields, ClientId, NewClient, Secret, State, store};
use crate::resources::unit::UnitId;
use crate::types::{Day, Id, Line, NewId};

/// The same client in every demo, so that a second start finds that of the first.
const CLIENT: ClientId = Id::new(uuid::Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));

/// Thành phố Hội An, which had this code while the article's figures were counted.
const CITY: &str = "503";
const COUNTED_ON: &str = "2023-12-31";

/// A client that may read, with its secret in the clear.
pub struct Guest {
    secret: Secret,
    city: UnitId,
}

impl Guest {
    /// Lets the guest in: made where it is missing, and with a new secret in place of the old.
    pub fn welcome(door: &Door) -> Result<Self> {
        door.write_now(&Caller::system(), "serve --demo", |tx| {
            tx.alone()?;
            let client = settled(tx)?;
            let secret = Secret::new()?;
            store::remove_credentials(tx, &client)?;
            store::create_credential(tx, &client, None, secret.hash())?;
            let counted_on: Day = COUNTED_ON.parse().map_err(Error::internal)?;
            Ok(Self { secret, city: super::demo::unit_on(tx, CITY, counted_on)? })
        })
    }

    /// What the operator reads: where the service is, how to sign in, and a line to paste.
    pub fn invitation(&self, address: SocketAddr) -> String {
        let (base, secret) = (reachable(address), self.secret.reveal());
        format!(
            "Tự Quản serves the Hội An demo at {base} (documentation at {base}/docs)\n\
             client id:     {CLIENT}\n\
             client secret: {secret}\n\
             Paste this line for the figures of 2023: 44 model types, 4 of them new; \
             16 household fire-safety groups, 15 of them new; 13 public fire points, 12 of them new.\n\
             {line}\n",
            line = self.line(&base, &secret)
        )
    }

    /// Two questions in one call: how many types apart from fire safety, how many sites within it.
    fn line(&self, base: &str, secret: &str) -> String {
        let token = format!(
            "curl -sS -u '{CLIENT}:{secret}' -d grant_type=client_credentials '{base}/oauth/token' \
             | sed -E 's/.*\"access_token\":\"([^\"]*)\".*/\\1/'"
        );
        let observations = format!("{base}/v1/statistics/observations?unitId={}&period=2023", self.city);
        format!(
            "curl -sS -w '\\n' -H \"Authorization: Bearer $({token})\" \
             '{observations}&indicator=model_types_active,model_types_introduced\
             &field=security,order,drugs,traffic,residence,other' \
             '{observations}&indicator=models_active,models_established&by=modelType&field=fire_safety'"
        )
    }
}

fn settled(tx: &mut WriteTx<'_>) -> Result<Client> {
    let fields = ClientFields {
        name: Line::from("Demo"),
        organisation_code: None,
        scopes: Scope::ALL.iter().copied().filter(|scope| scope.as_str().ends_with(":read")).collect(),
        unit_id: ROOT_UNIT,
        rate_limit_per_minute: None,
        public_keys: None,
        state: None,
    };
    match store::find(tx, CLIENT) {
        Ok(client) if client.fields.scopes == fields.scopes && client.fields.state == Some(State::Active) => Ok(client),
        Ok(client) => {
            store::update(tx, &client, fields)?;
            store::find(tx, CLIENT)
        }
        Err(Error::NotFound) => {
            store::create(tx, NewClient { id: Some(NewId::settled(CLIENT)), fields })?;
            store::find(tx, CLIENT)
        }
        Err(other) => Err(other),
    }
}

/// The address as one calls it from this machine, where the service listens on all of them.
fn reachable(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}
