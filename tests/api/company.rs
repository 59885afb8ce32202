//! Changes that come at once are committed at once, and each is whole or refused by itself.

use std::collections::BTreeSet;
use std::thread;

use serde_json::json;

use crate::stand::{Stand, World, journal, text, with, world};

#[test]
fn of_changes_that_come_at_once_each_is_whole_or_refused_by_itself() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for round in 0..3 {
        let before = journal::changes(&stand.database).len();
        let body = |turn: usize| {
            let plain = world.model(&format!("Mô hình {round} {turn}"));
            match turn % 4 {
                0 | 1 => plain,
                2 => with(&plain, json!({"code": format!("SAME-{round}")})),
                _ => with(&plain, json!({"modelTypeId": world::COUNTRY})),
            }
        };
        let answers: Vec<_> = thread::scope(|scope| {
            let all: Vec<_> = (0..40)
                .map(|turn| {
                    (
                        turn,
                        scope.spawn({
                            let chief = &world.chief;
                            let body = body(turn);
                            move || chief.post("/v1/models", &body)
                        }),
                    )
                })
                .collect();
            all.into_iter().map(|(turn, thread)| (turn, thread.join().expect("it is answered"))).collect()
        });
        let mut made = BTreeSet::new();
        let mut same = 0;
        for (turn, answer) in answers {
            match (turn % 4, answer.status) {
                (0 | 1, _) => drop(made.insert(answer.is(201).id())),
                (2, 201) => same += usize::from(made.insert(answer.id())),
                (2, _) => drop(answer.problem(409, "duplicate")),
                _ => drop(answer.problem(409, "reference-missing")),
            }
        }
        assert_eq!((made.len(), same), (21, 1));
        let entered: Vec<_> = journal::changes(&stand.database).split_off(before);
        let entered: BTreeSet<String> = entered.into_iter().map(|entry| entry.id).collect();
        assert_eq!(entered, made.iter().map(|id| id.replace('-', "")).collect::<BTreeSet<_>>());
        for id in made {
            world.chief.get(&format!("/v1/models/{id}")).is(200);
        }
    }
    journal::assert_gapless(&stand.database);
}

#[test]
fn changes_of_one_record_that_come_at_once_are_made_one_after_the_other() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let made = world.chief.create("/v1/models", &world.model("Một"));
    let path = format!("/v1/models/{}", text(&made["id"]));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let all: Vec<_> = (0..20)
            .map(|turn| {
                let (chief, path) = (&world.chief, &path);
                scope.spawn(move || chief.patch(path, "\"1\"", &json!({"name": format!("Tên {turn}")})).status)
            })
            .collect();
        all.into_iter().map(|thread| thread.join().expect("it is answered")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 19, "{statuses:?}");
    assert_eq!(world.chief.get(&path).is(200).json()["version"], 2);
    journal::assert_gapless(&stand.database);
}
