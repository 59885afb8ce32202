//! Passwords: hashed with argon2id off the async threads, a few at a time, so that a storm of sign-ins
//! takes neither the memory nor the processors that readers need. What must not come in: accounts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::Clear;
use crate::error::{Error, Result};
use crate::turns::{self, PATIENT, Turns};

/// What hashing costs (OWASP, Password Storage: 19 MiB, two passes, one lane).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is kept of a password; to be sealed before it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub struct Hashed {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
    hash: [u8; 32],
}

impl Hashed {
    /// No password's: checking against it takes as long as against any other.
    const NOBODYS: Self =
        Self { memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES, salt: *b"no password here", hash: [0; 32] };
}

type Memory = Vec<Block>;

/// The turns in which passwords are hashed. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Turns>,
    /// Kept from turn to turn: memory asked for anew each time stays with the allocator.
    memory: Arc<Mutex<Vec<Memory>>>,
    /// Rests after so much work, where others are at theirs; the turn is over only then.
    make_way: Arc<dyn Fn(Duration) + Send + Sync>,
}

impl Passwords {
    /// Half of the processors hash, at least one, and `make_way` after each turn.
    pub fn new(make_way: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Turns::new(processors / 2, PATIENT);
        Self { turns, memory: Arc::default(), make_way: Arc::new(make_way) }
    }

    /// The hash of a password, under a salt of its own.
    pub async fn hash(&self, password: Clear) -> Result<Hashed> {
        self.in_turn(move |passwords| passwords.hash_now(&password)).await
    }

    /// Whether the password is the one of which `kept` is the hash; as slow where there is none.
    pub async fn verify(&self, password: Clear, kept: Option<Hashed>) -> Result<bool> {
        self.in_turn(move |passwords| {
            let against = kept.as_ref().unwrap_or(&Hashed::NOBODYS);
            let got = passwords.derive(&password, against)?;
            Ok(verify_slices_are_equal(got.as_slice(), &against.hash).is_ok() && kept.is_some())
        })
        .await
    }

    /// Whether the password is one that others would try first; `words` are those that go with its owner.
    pub async fn guessable(&self, password: Clear, words: Vec<String>) -> Result<bool> {
        self.in_turn(move |_| Ok(super::guesses::guessable(&prepared(&password), &words))).await
    }

    /// As `hash`, on this thread; for commands.
    pub fn hash_now(&self, password: &Clear) -> Result<Hashed> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).map_err(Error::internal)?;
        let unhashed = Hashed { salt, ..Hashed::NOBODYS };
        let hash = *self.derive(password, &unhashed)?;
        Ok(Hashed { hash, ..unhashed })
    }

    fn derive(&self, password: &Clear, like: &Hashed) -> Result<Zeroizing<[u8; 32]>> {
        let params = Params::new(like.memory_kib, like.passes, like.lanes, Some(32)).map_err(Error::internal)?;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        memory.resize(params.block_count(), Block::new());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = Zeroizing::new([0; 32]);
        let password = prepared(password);
        let done = argon2.hash_password_into_with_memory(
            password.as_bytes(),
            &like.salt,
            hash.as_mut_slice(),
            memory.as_mut_slice(),
        );
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done.map_err(Error::internal)?;
        Ok(hash)
    }

    /// `Busy` where a password would not get its turn soon: for whoever has something to do before.
    pub fn open(&self) -> Result<()> {
        self.turns.open()
    }

    /// The turn is over when the work is, even where nobody waits for it any more.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> Result<T> + Send + 'static) -> Result<T> {
        let (turn, passwords, make_way) = (self.turns.take().await?, self.clone(), self.make_way.clone());
        let began = Instant::now();
        let rested = move || {
            make_way(began.elapsed());
            drop(turn);
        };
        turns::gently(move || work(&passwords), rested).await?
    }
}

/// As it is hashed: two spellings of one text are one password (NIST SP 800-63B, section 5.1.1.2).
fn prepared(password: &Clear) -> Zeroizing<String> {
    Zeroizing::new(password.reveal().nfc().collect())
}

/// How many characters a password has as it is hashed.
pub fn length(password: &Clear) -> usize {
    prepared(password).chars().count()
}

/// A password of 100 random bits, in letters and digits that are not taken for one another.
pub fn one_time() -> Result<Clear> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = Zeroizing::new([0_u8; 20]);
    rand::fill(bytes.as_mut_slice()).map_err(Error::internal)?;
    let mut text = String::with_capacity(23);
    for (n, byte) in bytes.iter().enumerate() {
        if n > 0 && n % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    Ok(Clear::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear(text: &str) -> Clear {
        Clear::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_verified_in_any_spelling_and_no_other_is() {
        let passwords = Passwords::new(|_| ());
        let kept = passwords.hash(clear("Hòa bình đêm nay")).await.expect("it hashes");
        let is = async |text: &str| passwords.verify(clear(text), Some(kept.clone())).await.expect("it is checked");
        assert!(is("Hòa bình đêm nay").await);
        assert!(is("Ho\u{300}a bi\u{300}nh đêm nay").await);
        assert!(!is("hòa bình đêm nay").await && !is("").await);
        assert!(!passwords.verify(clear(""), None).await.expect("it is checked"));
        let again = passwords.hash(clear("Hòa bình đêm nay")).await.expect("it hashes");
        assert_ne!(again.hash, kept.hash, "each has a salt of its own");
        assert_eq!(passwords.memory.lock().expect("nobody holds it").len(), 1, "one turn at a time, one memory");
    }

    #[test]
    fn a_one_time_password_is_long_and_new_each_time() {
        let (one, two) = (one_time().expect("it is made"), one_time().expect("it is made"));
        assert_eq!(length(&one), 23);
        assert_ne!(one.reveal(), two.reveal());
    }
}
