//! Signing keys: Ed25519, PKCS#8 PEM, one file a key in a directory only the service may read.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The keys that sign access tokens: the newest signs, every one verifies.
pub struct Keys {
    signing: Key,
    older: Vec<Key>,
}

/// One signing key.
pub struct Key {
    /// The thumbprint of its public half (RFC 7638).
    pub id: String,
    pub signs: EncodingKey,
    pub verifies: DecodingKey,
    public: String,
}

impl Key {
    fn read(pem: &str) -> Result<Self> {
        let block = pem::parse(pem).map_err(|_| Error::internal("a signing key is not PEM"))?;
        let der = Zeroizing::new(block.into_contents());
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map_err(|_| Error::internal("a signing key is not Ed25519 in PKCS#8"))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref()),
            signs: EncodingKey::from_ed_der(&der),
            verifies: DecodingKey::from_ed_components(&public).map_err(Error::internal)?,
            public,
        })
    }

    fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": self.public, "kid": self.id, "use": "sig", "alg": "EdDSA"})
    }
}

impl Keys {
    /// The keys in `directory`, which is made with a first key when it is not there.
    pub fn open(directory: &Path) -> Result<Self> {
        if !directory.exists() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(about(directory))?;
        }
        private(directory)?;
        let mut files = key_files(directory)?;
        if files.is_empty() {
            files.push(make(directory)?);
        }
        let mut keys = Vec::new();
        for file in files {
            private(&file)?;
            let pem = Zeroizing::new(fs::read_to_string(&file).map_err(about(&file))?);
            keys.push(Key::read(&pem)?);
        }
        let signing = keys.pop().ok_or_else(|| Error::internal("no signing key"))?;
        Ok(Self { signing, older: keys })
    }

    pub fn signing(&self) -> &Key {
        &self.signing
    }

    pub fn by_id(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.signing).chain(&self.older).find(|key| key.id == id)
    }

    /// The public halves (RFC 7517).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = std::iter::once(&self.signing).chain(&self.older).map(Key::jwk).collect();
        json!({ "keys": keys })
    }
}

/// The key files, oldest first: their names begin with the moment they were made.
fn key_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).map_err(about(directory))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(about(directory))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with("signing-") && name.ends_with(".pem") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn make(directory: &Path) -> Result<PathBuf> {
    let der = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).map_err(Error::internal)?;
    let text = Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", der.as_ref())));
    let made = crate::clock::Clock::default().now();
    let path = directory.join(format!("signing-{}.pem", made.micros()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(about(&path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(about(&path))?;
    Ok(path)
}

/// Refuses what others than the owner can read.
fn private(path: &Path) -> Result<()> {
    let mode = fs::metadata(path).map_err(about(path))?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(Error::internal(format!(
            "TUQUAN_KEYS_DIR: {} can be read by others; set its mode to {}",
            path.display(),
            if path.is_dir() { "0700" } else { "0600" }
        ))),
    }
}

fn about(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |error| Error::internal(format!("TUQUAN_KEYS_DIR: {path}: {error}"))
}
