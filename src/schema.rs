//! The tables, as both databases have them. Kept true to the migrations by a test.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    units (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        code -> Text, code_system -> Text, name -> Text, name_key -> Binary, search -> Text,
        kind -> Text, name_type -> Text, parent_id -> Nullable<Uuid>, valid_from -> Day, valid_to -> Nullable<Day>,
    }
}
table! {
    use crate::types::sql::Uuid;
    unit_closure (ancestor_id, descendant_id) { ancestor_id -> Uuid, descendant_id -> Uuid, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    successions (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid,
        unit_id -> Uuid, effective_on -> Day, decision -> Nullable<Text>,
    }
}
table! {
    use crate::types::sql::Uuid;
    succession_links (succession_id, successor_id) { succession_id -> Uuid, predecessor_id -> Uuid, successor_id -> Uuid, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    model_types (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        code -> Text, name -> Text, name_key -> Binary, search -> Text, name_en -> Nullable<Text>,
        field -> Text, description -> Nullable<Text>, valid_from -> Day, valid_to -> Nullable<Day>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    models (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        code -> Text, name -> Text, name_key -> Binary, search -> Text, model_type_id -> Uuid, unit_id -> Uuid,
        established_on -> Day, lead_body -> Text, partner_bodies -> Nullable<Text>, setting -> Nullable<Text>,
        household_count -> Nullable<BigInt>, participant_count -> Nullable<BigInt>, replicated_from_id -> Nullable<Uuid>,
        decision -> Nullable<Text>, location -> Nullable<Text>, notes -> Nullable<Text>,
        status -> Text, ended_on -> Nullable<Day>, exemplar -> Bool, warnings -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Uuid};
    model_spans (model_id, number) {
        model_id -> Uuid, number -> Integer, status -> Text, came_from -> Nullable<Text>, went_to -> Nullable<Text>,
        from_on -> Day, to_on -> Nullable<Day>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    model_status_changes (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid,
        model_id -> Uuid, from_status -> Text, to_status -> Text, effective_on -> Day, reason -> Text,
        decision -> Nullable<Text>, merged_into_id -> Nullable<Uuid>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    teams (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        model_id -> Uuid, name -> Text, name_key -> Binary, unit_id -> Uuid, own_unit -> Bool,
        started_on -> Day, ended_on -> Nullable<Day>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    reviews (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        model_id -> Uuid, unit_id -> Uuid, period -> Text, rating -> Text, recommendation -> Text, reviewed_on -> Day,
        reviewer -> Text, exemplar -> Bool, notes -> Nullable<Text>, decision -> Nullable<Text>, until_on -> Nullable<Day>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    activities (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        kind -> Text, title -> Text, unit_id -> Uuid, started_at -> Moment, ended_at -> Nullable<Moment>,
        organiser -> Text, topic -> Nullable<Text>, participant_count -> Nullable<BigInt>, household_count -> Nullable<BigInt>,
    }
}
table! {
    use crate::types::sql::Uuid;
    activity_models (activity_id, model_id) { activity_id -> Uuid, model_id -> Uuid, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    codes (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        list -> Text, code -> Text, label_vi -> Text, label_en -> Text, parent_code -> Nullable<Text>,
        valid_from -> Day, valid_to -> Nullable<Day>, replaced_by_code -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    incidents (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        code -> Text, category -> Text, severity -> Text, occurred_at -> Moment, occurred_until -> Nullable<Moment>,
        reported_at -> Moment, unit_id -> Uuid, lat -> Nullable<Double>, lng -> Nullable<Double>, source -> Text,
        summary -> Nullable<Text>, injured -> BigInt, deaths -> BigInt, property_damage_vnd -> BigInt,
        status -> Text, status_since -> Moment, resolved_at -> Nullable<Moment>,
        reported_on -> Day, resolved_on -> Nullable<Day>, contributed -> Bool,
        branch_id -> Uuid,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Uuid};
    incident_sums (unit_id, starts_on, category) {
        unit_id -> Uuid, starts_on -> Day, category -> Text,
        reported -> BigInt, contributed -> BigInt, injured -> BigInt, deaths -> BigInt,
        property_damage_vnd -> Double, resolved -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    incident_contributions (incident_id, model_id, kind) { incident_id -> Uuid, model_id -> Uuid, kind -> Text, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    incident_status_changes (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, incident_id -> Uuid,
        from_status -> Text, to_status -> Text, effective_at -> Moment, note -> Nullable<Text>, decision -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    person_keys (person_id) { person_id -> Uuid, master -> Text, wrapped -> Binary, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    members (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        kind -> Text, unit_id -> Uuid, profile -> Nullable<Binary>, national_id -> Nullable<Binary>,
        national_id_blind -> Nullable<Binary>, phone -> Nullable<Binary>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    member_disclosures (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, member_id -> Uuid,
        reason -> Text, fields -> Text,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    member_erasures (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, member_id -> Uuid,
        reason -> Text, decision -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    memberships (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        member_id -> Uuid, model_id -> Nullable<Uuid>, team_id -> Nullable<Uuid>, unit_id -> Uuid, category -> Text, role -> Text,
        started_on -> Day, ended_on -> Nullable<Day>, end_reason -> Nullable<Text>, pledged_on -> Nullable<Day>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    commendations (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        recipient_member_id -> Nullable<Uuid>, recipient_model_id -> Nullable<Uuid>, recipient_unit_id -> Nullable<Uuid>,
        unit_id -> Uuid, recipient_name -> Nullable<Text>, sealed_name -> Nullable<Binary>,
        form -> Text, level -> Text, title -> Text, achievement -> Text,
        period_from -> Nullable<Day>, period_to -> Nullable<Day>,
        status -> Text, decision -> Nullable<Text>, decided_on -> Nullable<Day>, decided_key -> Text,
    }
}
table! {
    use crate::types::sql::Uuid;
    commendation_incidents (commendation_id, incident_id) { commendation_id -> Uuid, incident_id -> Uuid, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Day, Moment, Uuid};
    commendation_status_changes (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, commendation_id -> Uuid,
        from_status -> Text, to_status -> Text, effective_on -> Day, reason -> Nullable<Text>, decision -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    clients (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        name -> Text, name_key -> Binary, search -> Text, organisation_code -> Nullable<Text>, scopes -> Text, unit_id -> Uuid,
        rate_limit_per_minute -> BigInt, state -> Text, public_keys -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    client_assertions (client_id, jti) { client_id -> Uuid, jti -> Binary, expires_at -> Moment, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    client_credentials (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, client_id -> Uuid, secret_hash -> Binary,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    users (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        username -> Text, role -> Text, unit_id -> Uuid, state -> Text, profile -> Binary,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    user_identities (blind) { blind -> Binary, user_id -> Uuid, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    user_credentials (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        user_id -> Uuid, hash -> Binary, temporary -> Bool,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    sessions (id) { id -> Uuid, user_id -> Uuid, begun_at -> Moment, used_at -> Moment, rotations -> Integer, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    refresh_tokens (hash) { hash -> Binary, session_id -> Uuid, used -> Bool, }
}
table! {
    use crate::types::sql::{Moment, Uuid};
    session_tokens (jti) { jti -> Uuid, session_id -> Uuid, expires_at -> Moment, }
}
table! {
    use crate::types::sql::{Moment, Uuid};
    revoked_tokens (jti) { jti -> Uuid, expires_at -> Moment, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Moment;
    sign_in_failures (blind) { blind -> Binary, failures -> Integer, since -> Moment, last -> Moment, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    journal (sequence) {
        sequence -> BigInt, occurred_at -> Moment, actor_id -> Uuid, actor_unit_id -> Uuid, action -> Text,
        resource_type -> Text, resource_id -> Nullable<Uuid>, version -> Nullable<Integer>,
        unit_id -> Nullable<Uuid>, left_unit_id -> Nullable<Uuid>, request_id -> Text, outcome -> Text,
        reason -> Nullable<Text>, changed_fields -> Text, record -> Nullable<Text>, leaf_hash -> Binary,
        person_id -> Nullable<Uuid>, sealed -> Nullable<Binary>, subject -> Nullable<Text>,
    }
}
table! {
    journal_tiles (level, position) { level -> Integer, position -> BigInt, hash -> Binary, }
}
table! {
    journal_head (id) { id -> Integer, tree_size -> BigInt, edge -> Binary, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    idempotency_keys (caller_id, key) {
        caller_id -> Uuid, key -> Text, fingerprint -> Binary, made_id -> Uuid, kept_at -> Moment,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Moment;
    loads (name) { name -> Text, loaded_at -> Moment, }
}

diesel::joinable!(models -> model_types (model_type_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(session_tokens -> sessions (session_id));
table! {
    use diesel::sql_types::*;
    use crate::types::sql::{Moment, Uuid};
    exchange_jobs (id) {
        id -> Uuid, version -> Integer, created_at -> Moment, created_by -> Uuid, updated_at -> Moment, updated_by -> Uuid,
        unit_id -> Uuid, kind -> Text, state -> Text, resource -> Nullable<Text>, asked -> Text, told -> Text,
        rights -> Nullable<Text>, expires_at -> Nullable<Moment>, leased_by -> Nullable<Uuid>,
        leased_until -> Nullable<Moment>, attempts -> Integer,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    exchange_pieces (job_id, file, number) { job_id -> Uuid, file -> Text, number -> Integer, sealed -> Binary, }
}
table! {
    use diesel::sql_types::*;
    use crate::types::sql::Uuid;
    import_row_errors (import_id, number) {
        import_id -> Uuid, number -> Integer, row_number -> BigInt, column_name -> Nullable<Text>, code -> Text,
        message_en -> Text, message_vi -> Text,
    }
}
table! {
    use crate::types::sql::Uuid;
    person_copies (person_id, key_id) { person_id -> Uuid, key_id -> Uuid, }
}
diesel::allow_tables_to_appear_in_same_query! {
    units, unit_closure, successions, succession_links, model_types, models, model_spans, model_status_changes,
    teams, reviews, activities, activity_models, codes, incidents, incident_contributions, incident_sums,
    incident_status_changes, person_keys, members, member_disclosures, member_erasures, memberships,
    commendations, commendation_incidents, commendation_status_changes, clients, client_credentials, client_assertions, users,
    user_identities, user_credentials, sessions, refresh_tokens, session_tokens, revoked_tokens,
    sign_in_failures, journal, journal_tiles, journal_head, idempotency_keys, loads, exchange_jobs,
    exchange_pieces, import_row_errors, person_copies,
}
