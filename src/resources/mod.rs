//! The nouns. Each has a room of its own: shapes (`mod`), routes (`api`), rules (`rules`, neither
//! HTTP nor SQL) and rows (`store`). What two nouns share and names no table lives elsewhere.

pub mod activity;
pub mod client;
pub mod code_list;
pub mod commendation;
pub mod incident;
pub mod member;
pub mod membership;
pub mod model;
pub mod model_type;
pub mod review;
pub mod team;
pub mod unit;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every route of every noun.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(unit::api::routes)
        .configure(model_type::api::routes)
        .configure(model::api::routes)
        .configure(team::api::routes)
        .configure(review::api::routes)
        .configure(activity::api::routes)
        .configure(member::api::routes)
        .configure(member::acts_api::routes)
        .configure(membership::api::routes)
        .configure(commendation::api::routes)
        .configure(commendation::status_api::routes)
        .configure(code_list::api::routes)
        .configure(incident::api::routes)
        .configure(client::api::routes);
}
