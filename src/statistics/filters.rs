//! Filters: those of the counted resources, under the names they have in the lists. Which of them an
//! indicator takes is its source's to say; any other is told, not passed over.

use serde::Deserialize;
use utoipa::IntoParams;

use super::Dimension;
use super::fact::Part;
use super::sources::Source;
use crate::error::{Fault, Words};
use crate::resources::commendation::CommendationLevel;
use crate::resources::incident::{Severity, Source as Origin};
use crate::resources::membership::MembershipRole;
use crate::resources::model::{ModelId, ModelStatus, Setting};
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::review::Rating;
use crate::types::{Day, Degrees, LongCode, Moment, Name, text_enum};

text_enum! {
    /// A status of any counted resource; each has its own of these.
    pub enum AnyStatus {
        Proposed = "proposed",
        Active = "active",
        Suspended = "suspended",
        Merged = "merged",
        Dissolved = "dissolved",
        Received = "received",
        Verifying = "verifying",
        Handling = "handling",
        Resolved = "resolved",
        Transferred = "transferred",
        Rejected = "rejected",
        Awarded = "awarded",
        Revoked = "revoked",
    }
}

text_enum! {
    /// A kind of any counted resource; each has its own of these.
    pub enum AnyKind {
        Training = "training",
        Drill = "drill",
        Outreach = "outreach",
        Patrol = "patrol",
        Meeting = "meeting",
        Launch = "launch",
        PledgeSigning = "pledge_signing",
        Other = "other",
        Person = "person",
        Household = "household",
        Organisation = "organisation",
        Member = "member",
        Model = "model",
        Unit = "unit",
    }
}

text_enum! {
    /// A filter by its name.
    pub enum Filter {
        ModelId = "modelId",
        ModelTypeId = "modelTypeId",
        Field = "field",
        Setting = "setting",
        Status = "status",
        EstablishedFrom = "establishedFrom",
        EstablishedTo = "establishedTo",
        Exemplar = "exemplar",
        Q = "q",
        Rating = "rating",
        Kind = "kind",
        Category = "category",
        Role = "role",
        Form = "form",
        Level = "level",
        Severity = "severity",
        Source = "source",
        OccurredFrom = "occurredFrom",
        OccurredTo = "occurredTo",
        Bbox = "bbox",
    }
}

/// Which records to count.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Of, or for, or with a contribution of one of these models.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// Of one of these types.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_type_id: Option<Vec<ModelTypeId>>,
    /// Of a type in one of these fields of work.
    #[param(inline, style = Form, explode = false, max_items = 7)]
    pub field: Option<Vec<Field>>,
    /// In one of these settings.
    #[param(inline, style = Form, explode = false, max_items = 7)]
    pub setting: Option<Vec<Setting>>,
    /// In one of these statuses now.
    #[param(inline, style = Form, explode = false, max_items = 15)]
    pub status: Option<Vec<AnyStatus>>,
    /// Models established on this day or later.
    #[param(inline)]
    pub established_from: Option<Day>,
    /// Models established on this day or earlier.
    #[param(inline)]
    pub established_to: Option<Day>,
    /// Models that are exemplary by the latest review, or not.
    pub exemplar: Option<bool>,
    /// Models with this text in the name or code; case, diacritics and đ/d make no difference.
    #[param(inline)]
    pub q: Option<Name>,
    /// With one of these ratings.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub rating: Option<Vec<Rating>>,
    /// Of one of these kinds.
    #[param(inline, style = Form, explode = false, max_items = 15)]
    pub kind: Option<Vec<AnyKind>>,
    /// Of one of these categories.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub category: Option<Vec<LongCode>>,
    /// Memberships in one of these roles.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub role: Option<Vec<MembershipRole>>,
    /// Commendations of one of these forms.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub form: Option<Vec<LongCode>>,
    /// Commendations at one of these levels.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub level: Option<Vec<CommendationLevel>>,
    /// Incidents of one of these grades.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub severity: Option<Vec<Severity>>,
    /// Incidents from one of these sources.
    #[param(inline, style = Form, explode = false, max_items = 6)]
    pub source: Option<Vec<Origin>>,
    /// Incidents that occurred at this moment or later.
    #[param(inline)]
    pub occurred_from: Option<Moment>,
    /// Incidents that occurred at this moment or earlier.
    #[param(inline)]
    pub occurred_to: Option<Moment>,
    /// Incidents within these degrees: `minLng,minLat,maxLng,maxLat`.
    #[param(inline, style = Form, explode = false, min_items = 4, max_items = 4)]
    pub bbox: Option<Vec<Degrees>>,
}

impl Filters {
    /// The filters that are given.
    pub fn given(&self) -> Vec<Filter> {
        let given = [
            (Filter::ModelId, self.model_id.is_some()),
            (Filter::ModelTypeId, self.model_type_id.is_some()),
            (Filter::Field, self.field.is_some()),
            (Filter::Setting, self.setting.is_some()),
            (Filter::Status, self.status.is_some()),
            (Filter::EstablishedFrom, self.established_from.is_some()),
            (Filter::EstablishedTo, self.established_to.is_some()),
            (Filter::Exemplar, self.exemplar.is_some()),
            (Filter::Q, self.q.is_some()),
            (Filter::Rating, self.rating.is_some()),
            (Filter::Kind, self.kind.is_some()),
            (Filter::Category, self.category.is_some()),
            (Filter::Role, self.role.is_some()),
            (Filter::Form, self.form.is_some()),
            (Filter::Level, self.level.is_some()),
            (Filter::Severity, self.severity.is_some()),
            (Filter::Source, self.source.is_some()),
            (Filter::OccurredFrom, self.occurred_from.is_some()),
            (Filter::OccurredTo, self.occurred_to.is_some()),
            (Filter::Bbox, self.bbox.is_some()),
        ];
        given.into_iter().filter(|(_, is)| *is).map(|(filter, _)| filter).collect()
    }

    /// The values that a filter on a dimension leaves; none where there is no such filter.
    pub fn parts(&self, dimension: Dimension) -> Option<Vec<Part>> {
        fn words<T: Copy>(values: Option<&Vec<T>>, word: impl Fn(T) -> &'static str) -> Option<Vec<Part>> {
            values.map(|values| values.iter().map(|value| Part::Word(word(*value))).collect())
        }
        let codes = |values: &Vec<LongCode>| values.iter().map(|code| Part::Code(code.to_string())).collect();
        match dimension {
            Dimension::ModelType => {
                self.model_type_id.as_ref().map(|ids| ids.iter().map(|id| Part::Id(id.uuid())).collect())
            }
            Dimension::Field => words(self.field.as_ref(), Field::as_str),
            Dimension::Setting => words(self.setting.as_ref(), Setting::as_str),
            Dimension::Status => words(self.status.as_ref(), AnyStatus::as_str),
            Dimension::Rating => words(self.rating.as_ref(), Rating::as_str),
            Dimension::Kind => words(self.kind.as_ref(), AnyKind::as_str),
            Dimension::Role => words(self.role.as_ref(), MembershipRole::as_str),
            Dimension::Level => words(self.level.as_ref(), CommendationLevel::as_str),
            Dimension::Severity => words(self.severity.as_ref(), Severity::as_str),
            Dimension::Source => words(self.source.as_ref(), Origin::as_str),
            Dimension::Category => self.category.as_ref().map(codes),
            Dimension::Form => self.form.as_ref().map(codes),
            Dimension::Unit | Dimension::Month | Dimension::Quarter | Dimension::Year => None,
        }
    }

    /// The same as words.
    fn left(&self, dimension: Dimension) -> Option<Vec<String>> {
        Some(self.parts(dimension)?.iter().filter_map(Part::text).collect())
    }

    /// The words of `status` or `kind` as those of one resource.
    pub fn words<T: std::str::FromStr>(&self, dimension: Dimension) -> Option<Vec<T>> {
        let words = self.left(dimension)?;
        Some(words.iter().flat_map(|word| word.parse()).collect())
    }

    /// The statuses of models.
    pub fn statuses(&self) -> Option<Vec<ModelStatus>> {
        self.words(Dimension::Status)
    }

    /// A fault for each filter, and each word of one, that a source does not know.
    pub fn faults(&self, source: Source, of: &str) -> Vec<Fault> {
        let unknown = self.given().into_iter().filter(|filter| !source.filters().contains(filter));
        let mut faults: Vec<Fault> = unknown.map(|filter| misplaced(filter, of)).collect();
        for (filter, dimension) in [(Filter::Status, Dimension::Status), (Filter::Kind, Dimension::Kind)] {
            let words = self.left(dimension).filter(|_| source.filters().contains(&filter));
            if words.into_iter().flatten().any(|word| !source.says(dimension, &word)) {
                let detail =
                    Words::new(format!("{of} has no such {filter}."), format!("{of} không có giá trị {filter} này."));
                faults.push(Fault::parameter(filter.as_str(), "not-allowed", detail));
            }
        }
        faults
    }
}

fn misplaced(filter: Filter, of: &str) -> Fault {
    let detail =
        Words::new(format!("{of} cannot be filtered by {filter}."), format!("{of} không lọc được theo {filter}."));
    Fault::parameter(filter.as_str(), "not-allowed", detail)
}
