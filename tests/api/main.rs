//! The suite: the whole service over HTTP, against a real database of either kind.

mod access;
mod audit;
mod clients;
mod commendations;
mod contract;
mod crash;
mod demo;
mod document;
mod feed;
mod idempotency;
mod journal;
mod members;
mod memberships;
mod models;
mod places;
mod processes;
mod relations;
mod remains;
mod schema;
mod stand;
mod statistics;
mod tokens;
mod units;
