//! The exchange: files in and out. An import makes of each row what a POST would make of it; an export
//! writes what its maker may list. Both are jobs: kept by the request that asks for them, sealed, and done
//! by a worker beside the requests, of which any process has one.
//!
//! `read` takes files apart, `header` and `understand` tell what their cells mean, `refer` whom they name;
//! `catalogue` and `columns` know the nouns. What must not come in: rules of a noun.

mod answer;
pub mod api;
pub mod catalogue;
mod columns;
pub mod export_api;
mod fault;
mod formula;
mod header;
pub mod job;
mod lease;
mod pieces;
mod progress;
mod read;
mod refer;
mod row_errors;
mod run_export;
mod run_import;
pub mod store;
mod survey;
mod understand;
pub mod worker;
mod write;

pub use pieces::open_piece;
pub use row_errors::kept_errors;
pub use survey::look_through;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every route of the exchange.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(scope::scope("/v1/imports").configure(api::routes))
        .configure(api::templates)
        .service(scope::scope("/v1/exports").configure(export_api::routes));
}
