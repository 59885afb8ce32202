//! How far this process is with imports whose counts cannot be kept before they end: all of such an import
//! is one transaction.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use super::job::ImportCounts;
use crate::types::AnyId;

static COUNTS: LazyLock<RwLock<HashMap<AnyId, ImportCounts>>> = LazyLock::new(RwLock::default);

/// What has been done of an import here.
pub fn of(import: AnyId) -> Option<ImportCounts> {
    COUNTS.read().unwrap_or_else(PoisonError::into_inner).get(&import).copied()
}

/// Tells of an import as long as it lives.
pub struct Progress(AnyId);

impl Progress {
    pub const fn of(import: AnyId) -> Self {
        Self(import)
    }

    pub fn tell(&self, counts: ImportCounts) {
        COUNTS.write().unwrap_or_else(PoisonError::into_inner).insert(self.0, counts);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        COUNTS.write().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
