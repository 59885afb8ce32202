//! The suite: the whole service over HTTP, against a real database of either kind.

mod contract;
mod models;
mod stand;
mod units;
