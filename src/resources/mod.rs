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
pub mod user;

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every route of every noun.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(scope::scope("/v1/units").configure(unit::api::routes))
        .service(scope::scope("/v1/model-types").configure(model_type::api::routes))
        .service(scope::scope("/v1/models").configure(model::api::routes))
        .service(scope::scope("/v1/teams").configure(team::api::routes))
        .service(scope::scope("/v1/reviews").configure(review::api::routes))
        .service(scope::scope("/v1/activities").configure(activity::api::routes))
        .service(scope::scope("/v1/members").configure(member::api::routes).configure(member::acts_api::routes))
        .configure(member::acts_api::lookups)
        .service(scope::scope("/v1/memberships").configure(membership::api::routes))
        .service(
            scope::scope("/v1/commendations")
                .configure(commendation::api::routes)
                .configure(commendation::status_api::routes),
        )
        .service(scope::scope("/v1/code-lists").configure(code_list::api::routes))
        .service(scope::scope("/v1/incidents").configure(incident::api::routes))
        .service(scope::scope("/v1/clients").configure(client::api::routes))
        .service(scope::scope("/v1/users").configure(user::api::routes));
}
