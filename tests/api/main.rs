//! The suite: the whole service over HTTP, against a real database of either kind.

mod access;
mod clients;
mod commands;
mod contract;
mod crash;
mod demo;
mod document;
mod idempotency;
mod journal;
mod models;
mod oidc;
mod passwords;
mod processes;
mod relations;
mod schema;
mod sessions;
mod signin;
mod stand;
mod statistics;
mod storm;
mod tokens;
mod units;
mod users;
