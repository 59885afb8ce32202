//! Movements: what comes in or goes out on a day, told by the lives themselves, so that a balance
//! holds whatever was recorded when. Pure.

use std::collections::BTreeMap;

use super::life::{self, Site, Stretch};
use crate::resources::model::ModelStatus;
use crate::types::{Day, text_enum};

text_enum! {
    /// Of what a balance is drawn up.
    pub enum Counted {
        ModelTypes = "modelTypes",
        Models = "models",
    }
}

text_enum! {
    /// How something comes to be counted, or no longer.
    pub enum Movement {
        Introduced = "introduced",
        Established = "established",
        Resumed = "resumed",
        Suspended = "suspended",
        Merged = "merged",
        Dissolved = "dissolved",
        Ended = "ended",
    }
}

impl Counted {
    pub const fn inflows(self) -> &'static [Movement] {
        match self {
            Self::ModelTypes => &[Movement::Introduced, Movement::Resumed],
            Self::Models => &[Movement::Established, Movement::Resumed],
        }
    }

    pub const fn outflows(self) -> &'static [Movement] {
        match self {
            Self::ModelTypes => &[Movement::Ended],
            Self::Models => &[Movement::Suspended, Movement::Merged, Movement::Dissolved],
        }
    }
}

/// What a group's balance is drawn up from.
#[derive(Default)]
pub struct Book {
    /// When something was active; each stretch has a movement for its beginning and its end.
    pub active: Vec<Stretch>,
    pub movements: BTreeMap<Movement, Vec<Day>>,
}

impl Book {
    /// The book of a group of sites.
    pub fn of(counted: Counted, sites: &[&Site]) -> Self {
        match counted {
            Counted::ModelTypes => of_types(sites),
            Counted::Models => of_models(sites),
        }
    }

    fn enter(&mut self, movement: Movement, day: Day) {
        self.movements.entry(movement).or_default().push(day);
    }
}

fn of_models(sites: &[&Site]) -> Book {
    let mut book = Book::default();
    for site in sites {
        for (number, stretch) in site.active().enumerate() {
            let movement = if number == 0 { Movement::Established } else { Movement::Resumed };
            book.enter(movement, stretch.from);
            book.active.push(stretch);
        }
        for pair in site.life.windows(2).filter(|pair| pair[0].status == ModelStatus::Active) {
            let movement = match pair[1].status {
                ModelStatus::Suspended => Movement::Suspended,
                ModelStatus::Merged => Movement::Merged,
                ModelStatus::Dissolved | ModelStatus::Active | ModelStatus::Proposed => Movement::Dissolved,
            };
            book.enter(movement, pair[1].from_on);
        }
    }
    book
}

fn of_types(sites: &[&Site]) -> Book {
    let mut book = Book::default();
    for stretches in life::types(sites) {
        for (number, stretch) in stretches.iter().enumerate() {
            let movement = if number == 0 { Movement::Introduced } else { Movement::Resumed };
            book.enter(movement, stretch.from);
            if let Some(end) = stretch.to {
                book.enter(Movement::Ended, end);
            }
        }
        book.active.extend(stretches);
    }
    book
}
