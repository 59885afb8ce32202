//! What operators see: counts by operation without a person or an id in them, and one trace id in the
//! log, the journal and the answer.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use crate::stand::database::fail;
use crate::stand::process::{Process, chief};
use crate::stand::{Caller, Database, Stand, nowhere, text};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The number that a line of the metrics ends with.
fn count(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|l| l.strip_prefix(line));
    found.and_then(|rest| rest.trim().parse().ok()).unwrap_or_else(|| fail(&format!("{line} is not in\n{metrics}")))
}

#[test]
fn operators_see_what_is_asked_and_never_by_whom() {
    let database = Database::new();
    let made = chief(&database);
    let process = Process::start(&database, "http://tuquan.test");
    let caller = Caller::sign_in(&process.base, &made);
    Caller::nobody(&process.base).token_by_post(&caller.id, "wrong").is(401);
    for _ in 0..3 {
        caller.get("/v1/models").is(200);
    }
    let absent = nowhere();
    caller.get(&format!("/v1/models/{absent}")).problem(404, "not-found");
    caller.get("/v1/models?pageSize=0").is(400);
    caller.get("/v1/no-such-thing").problem(404, "not-found");
    Caller::nobody(&process.base).get("/v1/models").problem(401, "unauthenticated");

    let answer = Caller::nobody(&process.ops).get("/metrics").is(200);
    assert!(answer.given("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    let metrics = answer.text();
    assert!(metrics.ends_with("# EOF\n"));
    assert_eq!(count(&metrics, "tuquan_requests_total{operation=\"listModels\",status=\"2xx\"}"), 3.0);
    assert_eq!(count(&metrics, "tuquan_requests_total{operation=\"listModels\",status=\"4xx\"}"), 2.0);
    assert_eq!(count(&metrics, "tuquan_requests_total{operation=\"showModel\",status=\"4xx\"}"), 1.0);
    assert_eq!(count(&metrics, "tuquan_requests_total{operation=\"(none)\",status=\"4xx\"}"), 1.0);
    assert_eq!(count(&metrics, "tuquan_request_duration_seconds_count{operation=\"listModels\"}"), 5.0);
    assert_eq!(count(&metrics, "tuquan_refusals_total{code=\"not-found\"}"), 2.0);
    assert_eq!(count(&metrics, "tuquan_sign_ins_total{way=\"client\",outcome=\"let_in\"}"), 1.0);
    assert_eq!(count(&metrics, "tuquan_sign_ins_total{way=\"client\",outcome=\"turned_away\"}"), 1.0);
    assert_eq!(count(&metrics, "tuquan_requests_running"), 0.0);
    assert_eq!(count(&metrics, "tuquan_database_up"), 1.0);
    assert!(count(&metrics, "tuquan_journal_entries") >= 1.0);
    assert!(metrics.contains("tuquan_build_info{version=\"") && metrics.contains("tuquan_database_connections{pool="));
    for private in
        [&caller.id, &caller.token, &absent, &text(&made["client"]["name"]), &text(&made["client"]["unitId"])]
    {
        assert!(!metrics.contains(private.as_str()), "{private} is in\n{metrics}");
    }
    Caller::nobody(&process.base).get("/metrics").problem(404, "not-found");
}

/// The name of a metric and its labels, of a line of metrics or of a term in a question about them.
fn parted(term: &str) -> (&str, BTreeSet<&str>) {
    let name = term.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    let labels = term[name.len()..].strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
    (name, labels.split(',').filter_map(|label| label.split(['=', '!']).next()).filter(|l| !l.is_empty()).collect())
}

/// Every metric with the labels that it carries.
fn measured(metrics: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, labels) in metrics.lines().filter(|line| !line.starts_with('#')).map(parted) {
        all.entry(name).or_default().extend(labels);
    }
    all
}

#[test]
fn the_dashboard_draws_what_is_measured_and_all_of_it() {
    let database = Database::new();
    let made = chief(&database);
    let process = Process::start(&database, "http://tuquan.test");
    Caller::sign_in(&process.base, &made).get("/v1/no-such-thing").problem(404, "not-found");
    let metrics = Caller::nobody(&process.ops).get("/metrics").is(200).text();
    let measured = measured(&metrics);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docker/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("it is there")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let mut drawn = BTreeSet::new();
    for question in targets.map(|target| text(&target["expr"])) {
        let grouped = question.split(" by (").skip(1).filter_map(|rest| rest.split(')').next());
        let grouped: BTreeSet<&str> = grouped.flat_map(|labels| labels.split(", ")).collect();
        let mut asked = 0;
        for (at, _) in question.match_indices("tuquan_") {
            let (name, mut labels) = parted(&question[at..]);
            labels.extend(&grouped);
            // Prometheus itself says which process it asked.
            labels.remove("instance");
            let carried = measured.get(name).unwrap_or_else(|| fail(&format!("{name} is not measured: {question}")));
            assert!(labels.is_subset(carried), "{name} has {carried:?}: {question}");
            drawn.insert(name.strip_suffix("_bucket").unwrap_or(name).to_owned());
            asked += 1;
        }
        assert!(asked > 0, "{question}");
    }
    for family in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let family = family.split(' ').next().unwrap_or_default();
        let names = [family.to_owned(), format!("{family}_total"), format!("{family}_info")];
        assert!(names.iter().any(|name| drawn.contains(name)), "{family} is not drawn");
    }
}

#[test]
fn a_trace_is_found_in_the_answer_the_problem_the_journal_and_the_log() {
    let database = Database::new();
    let made = chief(&database);
    let log = database.dir.path().join("log");
    let process = Process::start_tracing(&database, "http://tuquan.test", &log);
    let caller = Caller::sign_in(&process.base, &made);
    let traced = |method: Method, path: &str| caller.request(method, path).header("traceparent", PARENT);

    let (one, two) = (traced(Method::GET, "/v1/me").send().is(200), traced(Method::GET, "/v1/me").send().is(200));
    assert!(one.given("x-request-id").starts_with(TRACE), "{one:?}");
    assert_ne!(one.given("x-request-id"), two.given("x-request-id"), "a request has an id of its own");
    let problem = traced(Method::GET, &format!("/v1/models/{}", nowhere())).send().problem(404, "not-found");
    assert!(text(&problem.json()["requestId"]).starts_with(TRACE));

    let new = serde_json::json!({
        "code": "traced", "name": "Loại thử", "field": "order", "validFrom": "2020-01-01",
    });
    let made = traced(Method::POST, "/v1/model-types").json(&new).send().is(201);
    let events = caller.get(&format!("/v1/audit-events?resourceId={}", made.id())).is(200);
    assert_eq!(events.items()[0]["requestId"], made.given("x-request-id"));

    let logged = std::fs::read_to_string(&log).expect("there is a log");
    let line = logged.lines().find(|line| line.contains("createModelType")).expect("the request is in the log");
    assert!(line.matches(TRACE).count() == 2 && line.contains(&made.given("x-request-id")), "{line}");
}

#[test]
fn a_malformed_parent_is_not_followed() {
    let stand = Stand::new();
    for parent in ["00-nonsense-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "\"'"]
    {
        let answer = stand.nobody().request(Method::GET, "/status").header("traceparent", parent).send().is(200);
        assert_eq!(answer.given("x-request-id").len(), 36, "{parent}");
    }
}
