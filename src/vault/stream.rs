//! Sealed streams: long texts in chunks of AES-256-GCM, for backups. Every stream has a key of its own,
//! derived from the backup key and a salt; the number of each chunk and whether it is the last are part
//! of its nonce, so that nothing can be cut off, put elsewhere or added unseen.

use std::io::{self, Read, Write};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::files;
use super::seal::fresh;
use crate::error::{Error, Result};

const MAGIC: &[u8; 16] = b"tuquan-backup-1\n";
const SALT: usize = 32;
/// Bytes of text in a chunk, and what sealing adds to them.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// Set in the length of the last chunk.
const LAST: u32 = 1 << 31;

const PREFIX: &str = "backup-";
const SUFFIX: &str = ".key";

/// The key that seals backups.
pub struct StreamKey(Zeroizing<[u8; 32]>);

impl StreamKey {
    /// The key in a file: 32 bytes in base64, read by its owner alone.
    pub fn in_file(path: &Path) -> Result<Self> {
        let text = files::read(path)?;
        let fault = || Error::internal("the backup key is not 32 random bytes in base64");
        let text = text.trim().trim_end_matches('=');
        let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(text).map_err(|_| fault())?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| fault())?;
        if files::is_weak(&bytes) { Err(fault()) } else { Ok(Self(Zeroizing::new(bytes))) }
    }

    /// The key in the directory of the keys; `made` where there is none, if it may be.
    pub fn in_directory(directory: &Path, made: bool) -> Result<Self> {
        files::directory(directory)?;
        if made && files::named(directory, PREFIX, SUFFIX)?.is_empty() {
            let text = Zeroizing::new(STANDARD_NO_PAD.encode(fresh()?.as_slice()));
            files::make_first(directory, PREFIX, SUFFIX, text.as_bytes())?;
        }
        let files = files::named(directory, PREFIX, SUFFIX)?;
        let file = files.last().ok_or_else(|| Error::internal("there is no backup key in TUQUAN_KEYS_DIR"))?;
        Self::in_file(file)
    }

    fn of_stream(&self, salt: &[u8]) -> io::Result<LessSafeKey> {
        let unfit = |_| io::Error::other("a key cannot be derived");
        let mut key = Zeroizing::new([0; 32]);
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(self.0.as_slice());
        let expanded = extracted.expand(&[b"tuquan backup"], hkdf::HKDF_SHA256).map_err(unfit)?;
        expanded.fill(key.as_mut_slice()).map_err(unfit)?;
        UnboundKey::new(&AES_256_GCM, key.as_slice()).map(LessSafeKey::new).map_err(unfit)
    }
}

/// The nonce of a chunk: its number and whether it is the last. No key seals two streams.
fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[3..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

/// Seals what is written to it. Only what was `finish`ed can be opened again.
pub struct Sealer<W: Write> {
    out: W,
    key: LessSafeKey,
    number: u64,
    text: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    pub fn new(key: &StreamKey, mut out: W) -> io::Result<Self> {
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| io::Error::other("no randomness"))?;
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        let text = Zeroizing::new(Vec::with_capacity(CHUNK + TAG));
        Ok(Self { out, key: key.of_stream(&salt)?, number: 0, text })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.key.seal_in_place_append_tag(nonce(self.number, last), Aad::empty(), &mut *self.text);
        sealed.map_err(|_| io::Error::other("a chunk cannot be sealed"))?;
        let length = self.text.len() as u32 | if last { LAST } else { 0 };
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(&self.text)?;
        self.text.clear();
        self.number += 1;
        Ok(())
    }

    /// Seals the last chunk and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is sealed when more comes, so that the last one is never known too late.
        if self.text.len() == CHUNK {
            self.seal(false)?;
        }
        let fits = bytes.len().min(CHUNK - self.text.len());
        self.text.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a sealed stream as it is read; anything that is not as it was sealed is an error.
pub struct Opener<R: Read> {
    sealed: R,
    key: LessSafeKey,
    number: u64,
    text: Zeroizing<Vec<u8>>,
    at: usize,
    last: bool,
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the backup is damaged, cut off, or sealed by another key")
}

impl<R: Read> Opener<R> {
    pub fn new(key: &StreamKey, mut sealed: R) -> io::Result<Self> {
        let (mut magic, mut salt) = ([0; MAGIC.len()], [0; SALT]);
        sealed.read_exact(&mut magic).and_then(|()| sealed.read_exact(&mut salt)).map_err(|_| damaged())?;
        if &magic != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is no backup of this registry"));
        }
        let key = key.of_stream(&salt)?;
        Ok(Self { sealed, key, number: 0, text: Zeroizing::default(), at: 0, last: false })
    }

    fn next(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        self.sealed.read_exact(&mut length).map_err(|_| damaged())?;
        let length = u32::from_be_bytes(length);
        self.last = length & LAST != 0;
        let length = (length & !LAST) as usize;
        if !(TAG..=CHUNK + TAG).contains(&length) {
            return Err(damaged());
        }
        self.text.resize(length, 0);
        self.sealed.read_exact(&mut self.text).map_err(|_| damaged())?;
        let opened = self.key.open_in_place(nonce(self.number, self.last), Aad::empty(), &mut self.text);
        let length = opened.map_err(|_| damaged())?.len();
        self.text.truncate(length);
        (self.number, self.at) = (self.number + 1, 0);
        if self.last && self.sealed.read(&mut [0])? != 0 {
            return Err(damaged());
        }
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            if self.last {
                return Ok(0);
            }
            self.next()?;
        }
        let some = into.len().min(self.text.len() - self.at);
        into[..some].copy_from_slice(&self.text[self.at..self.at + some]);
        self.at += some;
        Ok(some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> StreamKey {
        StreamKey(Zeroizing::new([byte; 32]))
    }

    fn sealed(text: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(&key(1), Vec::new()).expect("it begins");
        sealer.write_all(text).expect("it seals");
        sealer.finish().expect("it ends")
    }

    fn opened(key: &StreamKey, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Opener::new(key, sealed)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_stream_opens_as_it_was_sealed_and_in_no_other_way() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let text: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let sealed = sealed(&text);
            assert_eq!(opened(&key(1), &sealed).expect("it opens"), text, "{length}");
            assert!(opened(&key(2), &sealed).is_err());
            for cut in [0, 15, 40, sealed.len() / 2, sealed.len() - 1] {
                assert!(opened(&key(1), &sealed[..cut]).is_err(), "{length} cut at {cut}");
            }
            for at in (0..sealed.len()).step_by(1 + sealed.len() / 50) {
                let mut broken = sealed.clone();
                broken[at] ^= 1;
                assert!(opened(&key(1), &broken).is_err(), "{length} broken at {at}");
            }
            assert!(opened(&key(1), &[&sealed[..], &[0]].concat()).is_err());
        }
        let (two, whole) = (sealed(&vec![7; 2 * CHUNK]), MAGIC.len() + SALT + 4 + CHUNK + TAG);
        assert!(opened(&key(1), &two[..whole]).is_err(), "a whole chunk cut off");
        assert_ne!(sealed(b"x"), sealed(b"x"));
    }
}
