//! What the life of a site means for a count: on which days it was active, when it began, when it
//! ended, and what its latest review said meanwhile. Definitions of figures are decided here. Pure.

use super::fact::{Mark, Marks, Series};
use crate::resources::model::ModelStatus;
use crate::types::Day;

/// A status in which sites were, all of them on the same days, beside those before and after it.
#[derive(Clone, Copy, Debug)]
pub struct Stay {
    pub status: ModelStatus,
    pub came_from: Option<ModelStatus>,
    pub went_to: Option<ModelStatus>,
    /// Whether they replicate others.
    pub replicated: bool,
    pub days: Stretch,
    /// How many sites.
    pub times: i64,
}

/// From a day to a day (exclusive).
pub type Stretch = (Day, Option<Day>);

/// What is read of the lives of sites, their reviews apart.
pub const OF_LIVES: &[Series] = &[
    Series::ModelActive,
    Series::ModelEstablished,
    Series::ModelResumed,
    Series::ModelSuspended,
    Series::ModelMerged,
    Series::ModelDissolved,
    Series::ModelEnded,
    Series::ModelReplicated,
];

impl Stay {
    /// All that is counted of them.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Marks::default();
        let (from, to) = self.days;
        match self.status {
            ModelStatus::Active => self.active(&mut marks),
            ModelStatus::Merged | ModelStatus::Dissolved if self.was_active() => {
                marks.on(Series::ModelEnded, from, self.times);
            }
            _ => {}
        }
        if let (ModelStatus::Active, Some(next), Some(to)) = (self.status, self.went_to, to) {
            let left = match next {
                ModelStatus::Suspended => Series::ModelSuspended,
                ModelStatus::Merged => Series::ModelMerged,
                ModelStatus::Dissolved | ModelStatus::Active | ModelStatus::Proposed => Series::ModelDissolved,
            };
            marks.on(left, to, self.times);
        }
        marks.all()
    }

    fn active(&self, marks: &mut Marks) {
        let (from, to) = self.days;
        marks.stood(Series::ModelActive, from, to, self.times);
        if self.came_from == Some(ModelStatus::Suspended) {
            marks.on(Series::ModelResumed, from, self.times);
            return;
        }
        marks.on(Series::ModelEstablished, from, self.times);
        if self.replicated {
            marks.on(Series::ModelReplicated, from, self.times);
        }
    }

    /// Whether they had been active before: nothing becomes proposed again.
    fn was_active(&self) -> bool {
        matches!(self.came_from, Some(ModelStatus::Active | ModelStatus::Suspended))
    }
}

/// The marks of what a review said, from its day on until the next, of so many sites that were active
/// for a stretch.
pub fn while_active(series: Series, said: Stretch, active: Stretch, times: i64) -> Vec<Mark> {
    let mut marks = Marks::default();
    let begin = said.0.max(active.0);
    let end = match (said.1, active.1) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if end.is_none_or(|end| begin < end) {
        marks.stood(series, begin, end, times);
    }
    marks.all()
}
