//! What every request goes through, by itself: the check of a token, the reading of a query with a cursor, the
//! folding of a text, a problem, a body, and a record as JSON.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::error::{Error, Fault, Words};
use tuquan::http::{Language, ListParams, RawQuery, checked, render};
use tuquan::identity::{Keys, Tokens};
use tuquan::journal::Meta;
use tuquan::resources::incident::{Incident, IncidentFilter, IncidentSort, IncidentStatus, NewIncident};
use tuquan::types::{Id, fold};
use uuid::Uuid;

const UNIT: &str = "01936f0e-7c3a-7b1e-8a52-3f1f0a7c9d10";

fn tokens(criterion: &mut Criterion) {
    let home = tempfile::tempdir().expect("a folder can be made");
    let keys = Keys::open(&home.path().join("keys")).expect("keys can be made");
    let tokens = Tokens::new(keys, "http://tuquan.test".to_owned(), "tuquan".to_owned(), Clock::default());
    let issue = |n: u128| tokens.issue(Id::new(Uuid::from_u128(7)), Id::new(Uuid::from_u128(n))).expect("a token");
    let token = issue(8);
    criterion
        .bench_function("token known", |bench| bench.iter(|| tokens.verify(black_box(&token)).expect("it is right")));
    let mut n = 9;
    criterion.bench_function("token new", |bench| {
        bench.iter_batched(
            || {
                n += 1;
                issue(n)
            },
            |token| tokens.verify(&token).expect("it is right"),
            criterion::BatchSize::SmallInput,
        )
    });
}

fn queries(criterion: &mut Criterion) {
    let text = format!(
        "unitId={UNIT}&category=public-disorder&occurredFrom=2023-12-31T17:00:00Z&occurredTo=2024-12-31T16:59:59Z\
         &sort=-occurredAt&pageSize=50&cursor=eyJ2IjoiMjAyNC0wNi0xNVQwMTowMDowMFoiLCJiIjoiYWJjZGVmIn0"
    );
    let query = RawQuery::of("/v1/incidents", text);
    criterion.bench_function("query", |bench| {
        bench.iter(|| black_box(&query).read::<ListParams<IncidentFilter, IncidentSort>>().map(drop).expect("it fits"))
    });
}

fn new_incident() -> Value {
    json!({
        "category": "public-disorder", "severity": "minor", "occurredAt": "2024-06-15T01:00:00Z", "unitId": UNIT,
        "source": "citizen", "summary": "Mất trật tự công cộng ở khu chợ, tổ tự quản đã hoà giải.",
        "location": {"lat": 15.88, "lng": 108.33},
    })
}

fn texts(criterion: &mut Criterion) {
    let name = "Tổ tự quản về an ninh, trật tự thôn Thanh Đông, phường Cẩm Thanh";
    criterion.bench_function("fold", |bench| bench.iter(|| fold(black_box(name))));
    let fault = || Fault::body("/category", "unknown", Words::new("No such category.", "Không có loại này."));
    let error = Error::Invalid(vec![fault(), fault()]);
    criterion.bench_function("problem", |bench| {
        bench.iter(|| {
            render(black_box(&error), "http://tuquan.test", Language::Vi, "01936f0e-7c3a-7b1e-8a52-3f1f0a7c9d11")
        })
    });
}

fn records(criterion: &mut Criterion) {
    let body = new_incident();
    criterion.bench_function("body", |bench| {
        bench.iter_batched(
            || body.clone(),
            |body| checked::<NewIncident>(body).expect("it fits"),
            criterion::BatchSize::SmallInput,
        )
    });
    let fields = checked::<NewIncident>(body).expect("it fits").fields;
    let made = (fields.occurred_at, Id::new(Uuid::from_u128(7)));
    let incident = Incident {
        meta: Meta::new(Id::<()>::new(Uuid::from_u128(9)), 1, made, made),
        status: IncidentStatus::Received,
        resolved_at: None,
        status_since: fields.occurred_at,
        fields,
    };
    criterion.bench_function("record to JSON", |bench| {
        bench.iter(|| serde_json::to_vec(black_box(&incident)).expect("it is written"))
    });
}

criterion_group!(hot, tokens, queries, texts, records);
criterion_main!(hot);
