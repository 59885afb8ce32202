//! The suite: the whole service over HTTP, against a real database of either kind.

mod access;
mod clients;
mod contract;
mod crash;
mod demo;
mod document;
mod idempotency;
mod journal;
mod models;
mod processes;
mod relations;
mod schema;
mod stand;
mod statistics;
mod tokens;
mod units;
mod withheld;
