//! What the life of a site means for a count: on which days it was active, when it began, when it
//! ended, and what its latest review said meanwhile. Definitions of figures are decided here. Pure.

use super::fact::{Mark, Marks, Series};
use crate::resources::model::ModelStatus;
use crate::resources::model::rules::Span;
use crate::resources::review::Rating;
use crate::types::Day;

/// What a review said, from its day on until the next.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub on: Day,
    pub rating: Rating,
    pub exemplar: bool,
}

/// What statistics know of a model.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Whether it replicates another model.
    pub replicated: bool,
    /// In order of time; each span begins where the one before ends.
    pub life: Vec<Span>,
    /// In order of time; of those of one day the last holds.
    pub verdicts: Vec<Verdict>,
}

/// From a day to a day (exclusive).
type Stretch = (Day, Option<Day>);

impl Site {
    /// The stretches for which it was active.
    fn active(&self) -> impl Iterator<Item = Stretch> {
        self.life.iter().filter(|span| span.status == ModelStatus::Active).map(|span| (span.from_on, span.to_on))
    }

    /// The stretches for which each verdict held.
    fn held(&self) -> impl Iterator<Item = (Verdict, Stretch)> {
        let ends = self.verdicts.iter().skip(1).map(|next| Some(next.on)).chain([None]);
        let held = self.verdicts.iter().copied().zip(ends);
        held.filter(|(verdict, end)| *end != Some(verdict.on)).map(|(verdict, end)| (verdict, (verdict.on, end)))
    }

    /// All that is counted of a site, its ratings apart.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Marks::default();
        for (number, (from, to)) in self.active().enumerate() {
            marks.stood(Series::ModelActive, from, to);
            if number > 0 {
                marks.on(Series::ModelResumed, from, 1);
                continue;
            }
            marks.on(Series::ModelEstablished, from, 1);
            if self.replicated {
                marks.on(Series::ModelReplicated, from, 1);
            }
            let end = self.life.iter().find(|span| matches!(span.status, ModelStatus::Merged | ModelStatus::Dissolved));
            if let Some(end) = end {
                marks.on(Series::ModelEnded, end.from_on, 1);
            }
        }
        for pair in self.life.windows(2).filter(|pair| pair[0].status == ModelStatus::Active) {
            let left = match pair[1].status {
                ModelStatus::Suspended => Series::ModelSuspended,
                ModelStatus::Merged => Series::ModelMerged,
                ModelStatus::Dissolved | ModelStatus::Active | ModelStatus::Proposed => Series::ModelDissolved,
            };
            marks.on(left, pair[1].from_on, 1);
        }
        for (_, held) in self.held().filter(|(verdict, _)| verdict.exemplar) {
            self.while_active(&mut marks, Series::ModelExemplary, held);
        }
        marks.all()
    }

    /// The marks of each rating that it had while it was active.
    pub fn rated(&self) -> Vec<(Rating, Vec<Mark>)> {
        let rated = self.held().map(|(verdict, held)| {
            let mut marks = Marks::default();
            self.while_active(&mut marks, Series::ModelRated, held);
            (verdict.rating, marks.all())
        });
        rated.filter(|(_, marks)| !marks.is_empty()).collect()
    }

    fn while_active(&self, marks: &mut Marks, series: Series, (from, to): Stretch) {
        for (begin, end) in self.active() {
            let begin = begin.max(from);
            let end = match (end, to) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            if end.is_none_or(|end| begin < end) {
                marks.stood(series, begin, end);
            }
        }
    }
}
