//! Forgery: the catalogue of attacks on signed tokens. Each is refused in the same words, and none has
//! the service open a connection.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::forge::{parts, plus_order, sign, sign_texts, signature, signing_key};
use crate::stand::{Caller, Stand, nowhere, text, with, without};

const NOW: i64 = 1_790_000_000;
const ISSUER: &str = "https://id.example";

/// A token that is not to be taken, and why.
type Forged = (String, String);

/// What a forger has: a good token in its parts, even the key, and an issuer that the service trusts.
struct Forger {
    der: Vec<u8>,
    header: Value,
    claims: Value,
    token: String,
    elsewhere: Vec<u8>,
}

impl Forger {
    fn headers(&self, bait: &str) -> Vec<Forged> {
        let kid = text(&self.header["kid"]);
        let kids = [
            "",
            " ",
            "0",
            "../../../../dev/null",
            "/etc/passwd",
            "signing-0000000000000000",
            "' OR '1'='1",
            "*",
            "%00",
            "\u{0}",
            &kid.to_uppercase(),
            &format!("{kid}\u{0}"),
            &format!(" {kid}"),
            &format!("{kid}/../{kid}"),
            bait,
        ]
        .map(|kid| json!({"kid": kid}));
        let others = [
            json!({"typ": "JWT"}),
            json!({"typ": "at+JWT "}),
            json!({"typ": "application/at+jwt"}),
            json!({"typ": ""}),
            json!({"crit": ["exp"]}),
            json!({"crit": []}),
            json!({"crit": ["b64"], "b64": false}),
            json!({"b64": false}),
            json!({"jku": bait}),
            json!({"x5u": bait}),
            json!({"x5c": [STANDARD.encode("MIIB")]}),
            json!({"x5t": "AAAA"}),
            json!({"jwk": self.own_jwk()}),
            json!({"jku": bait, "kid": "1"}),
            json!({"jwk": self.own_jwk(), "kid": "1"}),
            json!({"zip": "DEF"}),
            json!({"cty": "JWT"}),
            json!({"enc": "A256GCM"}),
            json!({"url": bait}),
            json!({"alg": "HS256"}),
            json!({"alg": "HS512"}),
            json!({"alg": "RS256"}),
            json!({"alg": "ES256"}),
            json!({"alg": "PS256"}),
            json!({"alg": "ES256K"}),
            json!({"alg": "Ed448"}),
            json!({"alg": "eddsa"}),
        ];
        let mut all: Vec<Forged> =
            kids.into_iter().chain(others).map(|more| self.of_header(&with(&self.header, more))).collect();
        for none in ["none", "None", "NONE", "nOnE", "none ", "", "null"] {
            all.push(self.of_header(&with(&self.header, json!({"alg": none}))));
            let unsigned = sign(&self.der, &with(&self.header, json!({"alg": none})), &self.claims);
            let cut = unsigned.rsplit_once('.').map(|(message, _)| message.to_owned()).unwrap_or_default();
            all.push((format!("alg {none:?} without a signature"), format!("{cut}.")));
            all.push((format!("alg {none:?} in two parts"), cut));
        }
        for name in ["alg", "typ", "kid"] {
            all.push(self.of_header(&without(&self.header, name)));
            for wrong in [json!(null), json!(1), json!(true), json!([self.header[name]]), json!({})] {
                all.push(self.of_header(&with(&self.header, json!({name: wrong}))));
            }
            let twice = self.header.to_string().replacen('{', &format!("{{{:?}:{},", name, self.header[name]), 1);
            all.push((format!("{name} twice"), sign_texts(&self.der, &twice, &self.claims.to_string())));
        }
        for no_object in ["", "null", "[]", "\"x\"", "{", "{}", "\u{feff}{}"] {
            all.push((format!("header {no_object:?}"), sign_texts(&self.der, no_object, &self.claims.to_string())));
        }
        all
    }

    fn of_header(&self, header: &Value) -> Forged {
        (format!("header {header}"), sign(&self.der, header, &self.claims))
    }

    fn own_jwk(&self) -> Value {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&self.elsewhere).expect("a key");
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key())})
    }

    fn of_claims(&self, claims: &Value) -> Forged {
        (format!("claims {claims}"), sign(&self.der, &self.header, claims))
    }

    fn claims(&self) -> Vec<Forged> {
        let mut all = Vec::new();
        for name in ["iss", "aud", "sub", "client_id", "jti", "iat", "nbf", "exp"] {
            let good = &self.claims[name];
            all.push(self.of_claims(&without(&self.claims, name)));
            for wrong in [
                json!(null),
                json!([good]),
                json!([]),
                json!({}),
                json!(true),
                json!(""),
                json!("x"),
                json!(-1),
                json!(1e300),
                json!(good.to_string()),
                json!(format!("{} ", text(good))),
            ] {
                all.push(self.of_claims(&with(&self.claims, json!({name: wrong}))));
            }
            let twice = self.claims.to_string().replacen('{', &format!("{{{name:?}:{good},"), 1);
            all.push((format!("{name} twice"), sign_texts(&self.der, &self.header.to_string(), &twice)));
            // The same name in another spelling of JSON.
            let spelt: String = name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
            let twice = self.claims.to_string().replacen('{', &format!("{{\"{spelt}\":{good},"), 1);
            all.push((format!("{name} twice, spelt"), sign_texts(&self.der, &self.header.to_string(), &twice)));
        }
        for wrong in [
            json!({"iss": ISSUER}),
            json!({"iss": "http://elsewhere"}),
            json!({"aud": "another"}),
            json!({"aud": "tuquan-test"}),
            json!({"sub": nowhere()}),
            json!({"client_id": nowhere()}),
            json!({"exp": NOW}),
            json!({"exp": NOW - 1}),
            json!({"exp": NOW + 601}),
            json!({"exp": NOW + 100 * 365 * 86400}),
            json!({"exp": i64::MAX}),
            json!({"exp": u64::MAX}),
            json!({"exp": i64::MIN}),
            json!({"nbf": NOW + 60}),
            json!({"iat": NOW + 60}),
            json!({"iat": NOW + 60, "exp": NOW + 660}),
            json!({"iat": NOW - 100_000}),
            json!({"iat": i64::MIN}),
            json!({"exp": NOW as f64 + 300.5}),
            json!({"exp": NOW - 300}),
            json!({"scope": "models:write"}),
            json!({"role": "admin"}),
            json!({"": 1}),
        ] {
            all.push(self.of_claims(&with(&self.claims, wrong)));
        }
        for no_object in
            ["", "null", "[]", "{", "{}", "\"x\"", &format!("{} x", self.claims), &format!("{0}{0}", self.claims)]
        {
            all.push((format!("claims {no_object:?}"), sign_texts(&self.der, &self.header.to_string(), no_object)));
        }
        all
    }

    fn keys(&self) -> Vec<Forged> {
        let public = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&self.der).expect("a key");
        let public = public.public_key().as_ref();
        let mut all = Vec::new();
        let secrets = [public.to_vec(), URL_SAFE_NO_PAD.encode(public).into_bytes(), Vec::new(), b"secret".to_vec()];
        for (algorithm, secret) in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512]
            .into_iter()
            .flat_map(|a| secrets.iter().map(move |s| (a, s)))
        {
            let mut hs = Header::new(algorithm);
            (hs.typ, hs.kid) = (Some("at+jwt".to_owned()), self.header["kid"].as_str().map(str::to_owned));
            let token = jsonwebtoken::encode(&hs, &self.claims, &EncodingKey::from_secret(secret));
            all.push((format!("{algorithm:?} with a public secret"), token.expect("it can be signed")));
        }
        let foreign = with(&self.header, json!({"kid": "ed"}));
        for (what, header, claims) in [
            ("our claims, another's key", &self.header, self.claims.clone()),
            ("our claims, the trusted issuer's key", &foreign, self.claims.clone()),
            ("our audience from the trusted issuer", &foreign, with(&self.claims, json!({"iss": ISSUER}))),
            ("a stranger of the trusted issuer", &foreign, with(&self.foreign(), json!({"sub": nowhere()}))),
            ("the trusted issuer's claims under our kid", &self.header, self.foreign()),
        ] {
            all.push((what.to_owned(), sign(&self.elsewhere, header, &claims)));
        }
        all.push(("the trusted issuer's claims, our key".to_owned(), sign(&self.der, &self.header, &self.foreign())));
        all.push(("the same under its kid".to_owned(), sign(&self.der, &foreign, &self.foreign())));
        all
    }

    fn foreign(&self) -> Value {
        json!({"iss": ISSUER, "aud": "tuquan-test", "sub": self.claims["sub"], "iat": NOW, "exp": NOW + 300})
    }

    fn signatures(&self) -> Vec<Forged> {
        let (message, good) = self.token.rsplit_once('.').expect("a JWT has three parts");
        let bytes = URL_SAFE_NO_PAD.decode(good).expect("a signature is base64url");
        let named = |what: &str, signature: &[u8]| {
            (format!("signature {what}"), format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
        };
        let mut all = vec![
            named("plus the order of the group", &plus_order(&bytes)),
            named("of zeros", &[0; 64]),
            named("of ones", &[255; 64]),
            named("with a byte more", &[&bytes[..], &[0]].concat()),
            named("with a byte less", &bytes[..63]),
            named("twice", &[&bytes[..], &bytes[..]].concat()),
            named("missing", &[]),
            ("signature of nothing".to_owned(), format!("{message}.{}", signature(&self.der, ""))),
            ("signature of the claims alone".to_owned(), {
                let claims = message.split_once('.').map(|(_, claims)| claims).unwrap_or_default();
                format!("{message}.{}", signature(&self.der, claims))
            }),
            ("claims swapped".to_owned(), {
                let other = sign(&self.der, &self.header, &with(&self.claims, json!({"sub": nowhere()})));
                format!("{}.{good}", other.rsplit_once('.').map(|(message, _)| message).unwrap_or_default())
            }),
        ];
        for bit in [0, 7, 255, 256, 504, 511] {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            all.push(named(&format!("with bit {bit} flipped"), &flipped));
        }
        all
    }

    fn spellings(&self) -> Vec<Forged> {
        let parts: Vec<&str> = self.token.split('.').collect();
        let [header, claims, signed] = parts[..] else {
            return Vec::new();
        };
        // The last digit of a signature has four bits that say nothing; all but one spelling is refused.
        let loose = |text: &str| {
            let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let last =
                text.as_bytes().last().and_then(|last| digits.iter().position(|digit| digit == last)).unwrap_or(0);
            format!("{}{}", &text[..text.len() - 1], char::from(digits[last ^ 1]))
        };
        let padded = |part: &str| URL_SAFE.encode(URL_SAFE_NO_PAD.decode(part).expect("base64url"));
        // Signed anew, so that nothing but its spelling is wrong.
        let standard = {
            let header = with(&self.header, json!({"kid": "~~~???>>>"})).to_string();
            STANDARD.encode(header).trim_end_matches('=').to_owned()
        };
        let spelt = [
            ("the signature loosely", format!("{header}.{claims}.{}", loose(signed))),
            ("the signature padded", format!("{header}.{claims}.{}", padded(signed))),
            ("the signature padded by hand", format!("{}==", self.token)),
            ("the standard alphabet", format!("{standard}.{claims}.{signed}")),
            ("a blank inside", format!("{header}.{claims} .{signed}")),
            ("a tab inside", format!("{header}\t.{claims}.{signed}")),
            ("a blank before the dot", format!("{header} .{claims}.{signed}")),
            ("garbage behind", format!("{}x", self.token)),
            ("four parts", format!("{}.", self.token)),
            ("five parts", format!("{header}.{claims}.{signed}.{signed}.{signed}")),
            ("a dot in front", format!(".{}", self.token)),
            ("two dots", format!("{header}..{claims}.{signed}")),
            ("two parts", format!("{header}.{claims}")),
            ("one part", header.to_owned()),
            ("dots alone", "..".to_owned()),
            ("quotes", format!("\"{}\"", self.token)),
            ("a second scheme", format!("Bearer {}", self.token)),
            ("a comma", format!("{},{}", self.token, self.token)),
            ("percent signs", self.token.replace('.', "%2E")),
            ("JSON serialisation", json!({"payload": claims, "protected": header, "signature": signed}).to_string()),
            ("100 KiB of digits", "a".repeat(100 << 10)),
            ("100 KiB of signature", format!("{}{}", self.token, "a".repeat(100 << 10))),
            ("100 KiB of dots", ".".repeat(100 << 10)),
        ];
        let mut all: Vec<Forged> = spelt.into_iter().map(|(what, token)| (what.to_owned(), token)).collect();
        for part in [format!("{}.{claims}", padded(header)), format!("{header}.{}=", claims)] {
            all.push(("a part padded and signed so".to_owned(), format!("{part}.{}", signature(&self.der, &part))));
        }
        let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
        all.push(("claims nested deeply".to_owned(), sign_texts(&self.der, &self.header.to_string(), &deep)));
        all.push(("a header nested deeply".to_owned(), sign_texts(&self.der, &deep, &self.claims.to_string())));
        all
    }
}

fn trusting(elsewhere: &[u8]) -> Stand {
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(elsewhere).expect("a key");
    let public = URL_SAFE_NO_PAD.encode(pair.public_key());
    let issuers = |folder: &Path| {
        let keys = json!({"keys": [{"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": public}]});
        std::fs::write(folder.join("jwks.json"), keys.to_string()).expect("the file can be written");
        json!([{"issuer": ISSUER, "audience": "tuquan-test", "jwksFile": folder.join("jwks.json")}])
    };
    Stand::trusting(Clock::standing_at(Moment::from_micros(NOW * 1_000_000)), Some(&issuers))
}

#[test]
fn no_forged_token_is_taken_or_told_from_another_and_none_is_followed() {
    let elsewhere = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).expect("a key can be made");
    let elsewhere = elsewhere.as_ref().to_vec();
    let stand = trusting(&elsewhere);
    let caller = stand.chief();
    let (header, claims) = parts(&caller.token);
    let der = signing_key(&stand.database.keys_dir());
    let forger = Forger { der, header, claims, token: caller.token.clone(), elsewhere };
    let trap = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    trap.set_nonblocking(true).expect("a listener can be asked without waiting");
    let bait = format!("http://{}/keys.json", trap.local_addr().expect("it has an address"));
    // What the forger signs as the service does is taken: the others are refused for what is wrong with them.
    caller.with_token(&sign(&forger.der, &forger.header, &forger.claims)).get("/v1/me").is(200);

    let refused = |token: &str| {
        let answer = Caller::nobody(&stand.base).request(reqwest::Method::GET, "/v1/me");
        let answer = answer.header("Authorization", &format!("Bearer {token}")).send();
        (answer.status, answer.stable(), answer.header("www-authenticate").map(str::to_owned))
    };
    let expected = refused("garbage");
    assert_eq!(expected.0, 401);
    assert_eq!(expected.2.as_deref(), Some("Bearer realm=\"tuquan\", error=\"invalid_token\""));
    let all = [forger.headers(&bait), forger.claims(), forger.keys(), forger.signatures(), forger.spellings()].concat();
    for (what, token) in &all {
        assert_eq!(refused(token), expected, "{what}");
    }
    println!("{} forged tokens", all.len());
    assert!(all.len() > 250, "{}", all.len());
    let followed = trap.accept();
    assert!(followed.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "{followed:?}");
    caller.get("/v1/me").is(200);
}
