//! Stopping: the program is told to stop while everybody asks. What was on the way is answered whole,
//! those who wait for news go home, and it ends of itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::load::runtime;
use crate::wire::{Wire, address, get, request};
use crate::{Ground, alone, count};

/// Asks until the service has gone: a new connection is refused, or the old one ended between two
/// requests. Gives how many answers were cut.
async fn ask_on(address: String, bytes: Vec<u8>, answered: Arc<AtomicUsize>) -> usize {
    let mut cut = 0;
    while let Ok(mut wire) = Wire::connect(&address).await {
        loop {
            match wire.ask(&bytes).await {
                Ok(heard) => {
                    assert!(matches!(heard.status, 200 | 201 | 503), "{heard:?}");
                    answered.fetch_add(1, Ordering::SeqCst);
                    if heard.closes() {
                        break;
                    }
                }
                Err(error) => {
                    println!("cut: {error}");
                    cut += 1;
                    break;
                }
            }
        }
    }
    cut
}

#[test]
fn told_to_stop_it_answers_what_is_on_the_way_and_ends() {
    let _alone = alone();
    for round in 0..count(2, 20) {
        let ground = Ground::fresh();
        let process = ground.start();
        let chief = ground.sign_in(&process);
        ground.fill(&chief, 20);
        let read = get(&chief, "/v1/models");
        let write = request(&chief, "POST", "/v1/models", &[], &ground.model().to_string());
        let cursor =
            chief.get("/v1/changes?pageSize=500&resourceTypes=teams").is(200).json()["page"]["nextCursor"].clone();
        let cursor = cursor.as_str().expect("a feed goes on").to_owned();
        let path = "/v1/changes?waitSeconds=30&pageSize=500&resourceTypes=teams";
        let wait = get(&chief, &format!("{path}&cursor={cursor}"));
        let answered = Arc::new(AtomicUsize::new(0));
        let (place, runtime) = (address(&process.base), runtime());
        let (cut, status, took) = runtime.block_on(async {
            let mut crowd = JoinSet::new();
            for n in 0..16 {
                let bytes = if n % 2 == 0 { read.clone() } else { write.clone() };
                crowd.spawn(ask_on(place.clone(), bytes, answered.clone()));
            }
            for _ in 0..4 {
                crowd.spawn(ask_on(place.clone(), wait.clone(), answered.clone()));
            }
            tokio::time::sleep(Duration::from_millis(700 + 37 * round as u64)).await;
            let (before, began) = (answered.load(Ordering::SeqCst), Instant::now());
            assert!(before > 20, "{before} answers");
            let status = tuquan::turns::off(move || process.stop(Duration::from_secs(10))).await;
            let took = began.elapsed();
            (crowd.join_all().await.into_iter().sum::<usize>(), status.expect("it is waited for"), took)
        });
        println!("{} answered, {cut} cut; ended {status:?} after {took:?}", answered.load(Ordering::SeqCst));
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
        assert_eq!(cut, 0);
        assert!(ground.verified());
    }
}
