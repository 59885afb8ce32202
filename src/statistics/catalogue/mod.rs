//! The catalogue: what each figure counts, in words that a report can cite. A change of meaning is a
//! new version. What must not come in: how rows are read (see `sources`).

mod events;
mod forces;
mod models;

use serde::Serialize;
use utoipa::ToSchema;

use super::Dimension;
use super::cube::Reading;
use super::sources::Source;
use crate::access::Named;
use crate::http::sort_by;
use crate::noun::Noun;
use crate::types::text_enum;

text_enum! {
    /// An indicator, by its name in queries and answers.
    pub enum IndicatorId {
        ModelTypesActive = "model_types_active",
        ModelTypesIntroduced = "model_types_introduced",
        ModelsActive = "models_active",
        ModelsEstablished = "models_established",
        ModelsEnded = "models_ended",
        ModelsReplicated = "models_replicated",
        ModelsExemplary = "models_exemplary",
        ModelsByRating = "models_by_rating",
        ReviewsCompleted = "reviews_completed",
        TeamsActive = "teams_active",
        MembersActive = "members_active",
        MembershipsActive = "memberships_active",
        MembershipsStarted = "memberships_started",
        MembershipsEnded = "memberships_ended",
        PledgesSigned = "pledges_signed",
        ActivitiesHeld = "activities_held",
        ActivityParticipants = "activity_participants",
        ActivityHouseholds = "activity_households",
        IncidentsReported = "incidents_reported",
        IncidentsResolved = "incidents_resolved",
        IncidentsWithContribution = "incidents_with_contribution",
        Injured = "injured",
        Deaths = "deaths",
        PropertyDamageVnd = "property_damage_vnd",
        DaysToResolveMedian = "days_to_resolve_median",
        CommendationsAwarded = "commendations_awarded",
        CommendationsInForce = "commendations_in_force",
    }
}

text_enum! {
    /// What one of the counted things is.
    pub enum CountedUnit {
        Type = "type",
        Site = "site",
        Team = "team",
        Person = "person",
        Membership = "membership",
        Event = "event",
        Vnd = "vnd",
        Day = "day",
    }
}

text_enum! {
    /// Whether a figure is read at the end of a period or summed over it.
    pub enum Temporality {
        Stock = "stock",
        Flow = "flow",
    }
}

/// The same words in both languages.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Bilingual {
    #[schema(max_length = 1000)]
    pub vi: &'static str,
    #[schema(max_length = 1000)]
    pub en: &'static str,
}

/// A figure that can be asked for, and what it means.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Indicator {
    pub id: IndicatorId,
    /// Changes with the meaning of the figure.
    #[schema(minimum = 1, maximum = 1000)]
    pub version: i32,
    pub label: Bilingual,
    pub definition: Bilingual,
    pub counted_unit: CountedUnit,
    pub temporality: Temporality,
    /// What it can be broken down by.
    #[schema(max_items = 20)]
    pub dimensions: &'static [Dimension],
    /// Out of which facts it is read, and how.
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) source: Source,
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) reading: Reading,
}

impl Named for Indicator {
    const NOUN: Noun = Noun::Indicator;
}

sort_by!(IndicatorSort, "id", { Id = "id" });

fn each() -> impl Iterator<Item = &'static Indicator> {
    models::INDICATORS.iter().chain(forces::INDICATORS).chain(events::INDICATORS)
}

/// Every indicator, sorted by name.
pub fn all() -> Vec<Indicator> {
    let mut all: Vec<Indicator> = each().copied().collect();
    all.sort_unstable_by_key(|indicator| indicator.id.as_str());
    all
}

impl IndicatorId {
    /// What it means. Every one is defined (see the test).
    pub fn indicator(self) -> &'static Indicator {
        each().find(|indicator| indicator.id == self).unwrap_or(&models::INDICATORS[0])
    }

    /// Whether it can be broken down by a dimension.
    pub fn has(self, dimension: Dimension) -> bool {
        self.indicator().dimensions.contains(&dimension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_is_defined_once() {
        for id in IndicatorId::ALL {
            assert_eq!(each().filter(|indicator| indicator.id == *id).count(), 1, "{id}");
        }
        assert_eq!(each().count(), IndicatorId::ALL.len());
    }

    #[test]
    fn a_source_knows_what_its_indicators_are_broken_down_by() {
        for indicator in each() {
            for dimension in indicator.dimensions {
                let known = *dimension == Dimension::Unit
                    || dimension.grain().is_some()
                    || indicator.source.dimensions().contains(dimension);
                assert!(known, "{} by {dimension}", indicator.id);
            }
        }
    }

    #[test]
    fn a_stock_is_read_at_the_end_and_a_flow_over_the_period() {
        for indicator in each() {
            let stock = matches!(indicator.reading, Reading::Stock(_) | Reading::Standing(_));
            assert_eq!(stock, indicator.temporality == Temporality::Stock, "{}", indicator.id);
        }
    }
}
