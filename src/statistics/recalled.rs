//! Answers given of late, for as long as nothing has happened: whoever asks the same again gets the same,
//! once the journal says that it is as long as it was. What must not come in: what a figure means.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::answer::{Answer, Wanted};
use crate::access::{Named, Permit, Read, Tx};
use crate::error::Result;
use crate::journal;

/// How many bytes of answers are kept before the keeping begins anew, and how long one may be.
const MOST: usize = 8 * 1024 * 1024;
const LONGEST: usize = 256 * 1024;

/// An answer, and how long the journal was when it was given.
struct Given {
    size: i64,
    answer: Arc<Answer>,
}

/// Answers by who asked for what.
#[derive(Default)]
pub struct Recalled(RwLock<HashMap<String, Given>>);

impl Recalled {
    /// The answer to what `key` stands for (see `Wanted::key`): the one given before, where no record has
    /// changed since, and what `work` gives otherwise.
    pub async fn answer<R: Named>(
        &self,
        permit: Permit<R, Read>,
        key: String,
        wanted: Wanted,
        work: impl FnOnce(&mut Tx<'_>, &Wanted) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        if let Some((size, answer)) = self.known(&key)
            && permit.journal_size().await? == size
        {
            return Ok(answer.to(&wanted));
        }
        let (size, answer) = permit.read(move |tx| Ok((journal::size(tx.conn())?, work(tx, &wanted)?))).await?;
        self.keep(key, size, &answer);
        Ok(answer)
    }

    fn known(&self, key: &str) -> Option<(i64, Arc<Answer>)> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(key).map(|given| (given.size, given.answer.clone()))
    }

    fn keep(&self, key: String, size: i64, answer: &Answer) {
        let Some(length) = answer.length().filter(|length| *length <= LONGEST) else {
            return;
        };
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = all.values().filter_map(|given| given.answer.length()).sum();
        if kept + length > MOST {
            all.clear();
        }
        all.insert(key, Given { size, answer: Arc::new(answer.clone()) });
    }
}
