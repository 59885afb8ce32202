//! Answers given of late, for as long as nothing has happened: whoever asks the same again gets the same,
//! once the journal says that it is as long as it was. What must not come in: what a figure means.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::answer::{Answer, Wanted};
use crate::access::{Named, Permit, Read, Tx};
use crate::error::Result;
use crate::journal;

/// How many bytes of answers are kept before the keeping begins anew, and how long one may be.
const MOST: usize = 8 * 1024 * 1024;
const LONGEST: usize = 256 * 1024;

/// What takes longer than a page of a list on a busy machine goes where it is in nobody's way.
const BRIEF: Duration = Duration::from_millis(25);

/// An answer, how long the journal was when it was given, and whether it was soon found.
#[derive(Clone)]
struct Given {
    size: i64,
    answer: Arc<Answer>,
    brief: bool,
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
        let known = self.known(&key);
        if let Some(given) = &known
            && permit.journal_size().await? == given.size
        {
            return Ok(given.answer.to(&wanted));
        }
        let work = move |tx: &mut Tx<'_>| {
            let began = Instant::now();
            let (size, answer) = (journal::size(tx.conn())?, work(tx, &wanted)?);
            Ok((size, answer, began.elapsed() < BRIEF))
        };
        let (size, answer, brief) = permit.figures(known.is_some_and(|given| given.brief), work).await?;
        self.keep(key, size, brief, &answer);
        Ok(answer)
    }

    fn known(&self, key: &str) -> Option<Given> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: String, size: i64, brief: bool, answer: &Answer) {
        let Some(length) = answer.length().filter(|length| *length <= LONGEST) else {
            return;
        };
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = all.values().filter_map(|given| given.answer.length()).sum();
        if kept + length > MOST {
            all.clear();
        }
        all.insert(key, Given { size, answer: Arc::new(answer.clone()), brief });
    }
}
