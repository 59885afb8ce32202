//! Tự Quản: a registry of self-managed security-and-order models, over REST.
//!
//! The map of the house. A request comes in at [`http`], which gives it an id and reads it; passes
//! the gate in [`identity`], which finds out who asks; reaches a handler in one of the
//! [`resources`], which holds a [`access::Permit`] and through it a transaction; changes rows
//! through that noun's `store` under that noun's `rules`; and is committed together with its entry
//! in the [`journal`], which [`history`] reads back. [`territory`] knows who lies under whom, [`statistics`]
//! counts, the [`exchange`] takes files in and out, the [`vault`] keeps what tells of a person, and the
//! [`archive`] takes all of it away and back.

pub mod access;
pub mod app;
pub mod archive;
pub mod bundled;
pub mod clock;
pub mod command;
pub mod config;
mod database;
pub mod error;
pub mod exchange;
pub mod history;
pub mod http;
pub mod identity;
pub mod journal;
pub mod noun;
pub mod ops;
pub mod outward;
pub mod resources;
mod schema;
pub mod spans;
pub mod statistics;
pub mod territory;
pub mod turns;
pub mod types;
pub mod vault;
