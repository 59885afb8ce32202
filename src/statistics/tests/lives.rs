//! What the life of a site means for a count.

use proptest::prelude::*;

use super::{Site, Verdict, any_site, day, life, status};
use crate::resources::model::ModelStatus::{Active, Dissolved, Merged, Proposed, Suspended};
use crate::resources::review::Rating;
use crate::statistics::fact::{Mark, Series};
use crate::types::Day;

fn days(site: &Site, series: Series) -> Vec<Day> {
    site.marks().into_iter().filter(|mark| mark.series == series).map(|mark| mark.day).collect()
}

fn stands(marks: &[Mark], series: Series, on: Day) -> i64 {
    marks.iter().filter(|mark| mark.series == series && mark.day <= on).map(|mark| mark.value).sum()
}

#[test]
fn a_site_is_active_from_its_first_day_and_not_on_the_day_it_ends() {
    let lived = life(&[(Proposed, 0), (Active, 3), (Suspended, 5), (Active, 7), (Dissolved, 9)]);
    let marks = lived.marks();
    let active: Vec<i32> = (0..12).filter(|n| stands(&marks, Series::ModelActive, day(*n)) == 1).collect();
    assert_eq!(active, [3, 4, 7, 8]);
    assert_eq!(days(&lived, Series::ModelEstablished), [day(3)]);
    assert_eq!(days(&lived, Series::ModelResumed), [day(7)]);
    assert_eq!(days(&lived, Series::ModelSuspended), [day(5)]);
    assert_eq!((days(&lived, Series::ModelDissolved), days(&lived, Series::ModelEnded)), (vec![day(9)], vec![day(9)]));
}

#[test]
fn what_never_was_active_neither_begins_nor_ends() {
    assert_eq!(life(&[(Proposed, 0), (Dissolved, 4)]).marks(), []);
}

#[test]
fn a_life_that_ends_while_suspended_has_ended() {
    let lived = life(&[(Active, 0), (Suspended, 2), (Merged, 8)]);
    assert_eq!((days(&lived, Series::ModelEnded), days(&lived, Series::ModelMerged)), (vec![day(8)], vec![]));
}

#[test]
fn the_latest_review_up_to_a_day_decides() {
    let on = |number, rating, exemplar| Verdict { on: day(number), rating, exemplar };
    let verdicts = vec![on(5, Rating::Good, true), on(5, Rating::Weak, true), on(20, Rating::Excellent, false)];
    let lived = Site { verdicts, ..life(&[(Active, 0), (Suspended, 10), (Active, 15)]) };
    let marks = lived.marks();
    let exemplary: Vec<i32> = (0..30).filter(|n| stands(&marks, Series::ModelExemplary, day(*n)) == 1).collect();
    assert_eq!(exemplary, [5, 6, 7, 8, 9, 15, 16, 17, 18, 19]);
    let rated: Vec<Rating> = lived.rated().into_iter().map(|(rating, _)| rating).collect();
    assert_eq!(rated, [Rating::Weak, Rating::Excellent], "of two reviews of one day the later holds");
}

proptest! {
    #[test]
    fn stocks_are_what_the_life_says_on_every_day(lived in any_site()) {
        let site = &lived.site;
        let (marks, rated) = (site.marks(), site.rated());
        for number in -5..400 {
            let on = day(number);
            let active = status(site, on) == Some(Active);
            let latest = site.verdicts.iter().rfind(|verdict| verdict.on <= on);
            prop_assert_eq!(stands(&marks, Series::ModelActive, on), i64::from(active));
            let exemplary = active && latest.is_some_and(|verdict| verdict.exemplar);
            prop_assert_eq!(stands(&marks, Series::ModelExemplary, on), i64::from(exemplary));
            for rating in Rating::ALL {
                let of = rated.iter().filter(|(own, _)| own == rating);
                let counted: i64 = of.map(|(_, marks)| stands(marks, Series::ModelRated, on)).sum();
                let expected = active && latest.is_some_and(|verdict| verdict.rating == *rating);
                prop_assert_eq!(counted, i64::from(expected), "{} on {:?}", rating, on);
            }
        }
    }
}
