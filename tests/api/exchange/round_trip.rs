//! The round trip: export, an empty registry with the same units, import, export: the files are the same to
//! the byte, statuses and all.

use serde_json::{Value, json};

use super::{CSV, NDJSON, Scene, XLSX, bytes};
use crate::stand::{Caller, Stand, World, decision, text, with};

/// In the order in which they can be imported.
const RESOURCES: [&str; 12] = [
    "model-types",
    "models",
    "teams",
    "reviews",
    "members",
    "memberships",
    "activities",
    "incidents",
    "commendations",
    "model-status-changes",
    "incident-status-changes",
    "commendation-status-changes",
];

#[track_caller]
fn change(chief: &Caller, path: &str, changes: &[Value]) {
    for change in changes {
        chief.create(&format!("{path}/status-changes"), change);
    }
}

/// Records of every kind, in every status.
fn furnish(world: &World) {
    let chief = &world.chief;
    let to =
        |to: &str, on: &str| json!({"to": to, "effectiveOn": on, "reason": "Theo kế hoạch", "decision": decision()});
    let rich = json!({
        "status": "proposed", "code": "TLG-01", "partnerBodies": ["Hội Phụ nữ", "Đoàn; Đội"], "setting": "school",
        "householdCount": 12, "participantCount": 1080, "decision": decision(), "notes": "=1+1\nDòng hai",
        "location": {"lat": 15.8794, "lng": 108.335},
    });
    let one = world.path_of("/v1/models", &with(&world.model("Một"), rich));
    let id = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let two = world.path_of("/v1/models", &with(&world.model("Hai"), json!({"replicatedFromId": id(&one)})));
    let three = world.path_of("/v1/models", &world.model_in(&world.other, "Ba"));
    let team = |model: &str, name: &str, more: Value| {
        let team = json!({"modelId": id(model), "name": name, "startedOn": "2023-04-01"});
        world.path_of("/v1/teams", &with(&team, more))
    };
    let (first, last) = (team(&one, "Tổ A", json!({"unitId": world.other})), team(&three, "Tổ B", json!({})));
    let person = world.path_of(
        "/v1/members",
        &with(&world.member("'Nguyễn Văn A"), json!({"gender": "female", "address": "12/3 Lê Lợi"})),
    );
    let house = world.path_of("/v1/members", &json!({"kind": "household", "name": "Hộ B", "unitId": world.ward}));
    for of in [
        json!({"modelId": id(&two)}),
        json!({"teamId": id(&first)}),
        json!({"teamId": id(&last)}),
        json!({"unitId": world.ward}),
    ] {
        let terms = json!({"memberId": id(&person), "category": "household", "role": "deputy", "startedOn": "2023-05-01", "pledgedOn": "2023-05-02"});
        chief.create("/v1/memberships", &with(&terms, of));
    }
    change(chief, &one, &[to("active", "2023-03-05"), to("suspended", "2023-06-01"), to("active", "2023-07-01")]);
    change(chief, &two, &[with(&to("merged", "2024-01-01"), json!({"mergedIntoId": id(&one)}))]);
    change(chief, &three, &[to("dissolved", "2024-02-01")]);
    chief.create(
        "/v1/reviews",
        &json!({"modelId": id(&one), "period": "2023-H1", "rating": "excellent",
        "recommendation": "replicate", "reviewedOn": "2023-07-15", "reviewer": "Công an phường", "exemplar": true,
        "notes": "a;b", "decision": decision()}),
    );
    chief.create(
        "/v1/activities",
        &with(
            &world.activity("Ra mắt"),
            json!({"modelIds": [id(&one), id(&two)],
        "startedAt": "2024-03-01T01:00:00.000001Z", "endedAt": "2024-03-01T03:00:00Z", "participantCount": 40}),
        ),
    );
    let incident = world.path_of(
        "/v1/incidents",
        &with(
            &world.incident("Tóm tắt"),
            json!({"code": "VV-01",
        "reportedAt": "2024-05-01T02:00:00Z", "propertyDamageVnd": 1_500_000, "location": {"lat": 15.1, "lng": 108.2},
        "contributions": [{"modelId": id(&one), "kind": "detected"}, {"modelId": id(&one), "kind": "handled"}]}),
        ),
    );
    let at = |to: &str, at: &str| json!({"to": to, "effectiveAt": at, "note": "Ghi chú"});
    change(
        chief,
        &incident,
        &[
            at("handling", "2024-05-02T00:00:00Z"),
            at("resolved", "2024-05-03T00:00:00Z"),
            at("handling", "2024-05-04T00:00:00Z"),
            at("resolved", "2024-05-05T00:00:00Z"),
        ],
    );
    for (kind, recipient) in [("member", &house), ("model", &one), ("unit", &format!("/v1/units/{}", world.ward))] {
        let body = with(
            &world.commendation("Khen"),
            json!({"recipientKind": kind, "recipientId": id(recipient),
            "periodFrom": "2023-01-01", "periodTo": "2023-12-31", "incidentIds": [id(&incident)]}),
        );
        let path = world.path_of("/v1/commendations", &body);
        change(chief, &path, &[to("awarded", "2024-06-01")]);
        if kind == "unit" {
            change(chief, &path, &[to("revoked", "2024-07-01")]);
        }
    }
    world.chief.create("/v1/commendations", &world.commendation("Đề xuất"));
}

/// An empty registry with the same units.
fn empty_beside(scene: &Scene) -> (Stand, Caller) {
    let stand = Stand::new();
    let chief = stand.chief();
    let mut units = scene.world.chief.get("/v1/units?sort=createdAt&pageSize=500").is(200).items();
    units.retain(|unit| unit["kind"] != "country");
    for unit in units {
        let kept = ["id", "code", "codeSystem", "name", "kind", "nameType", "parentId", "validFrom"];
        let body: Value =
            kept.iter().map(|name| ((*name).to_owned(), unit[*name].clone())).collect::<serde_json::Map<_, _>>().into();
        chief.create("/v1/units", &body);
    }
    (stand, chief)
}

#[test]
fn what_was_exported_and_imported_is_exported_the_same() {
    let scene = Scene::new();
    furnish(&scene.world);
    for (format, kind) in [("csv", CSV), ("ndjson", NDJSON), ("xlsx", XLSX)] {
        let before = scene.export(&RESOURCES, format);
        assert_eq!(before["state"], "succeeded", "{before}");
        let (stand, chief) = empty_beside(&scene);
        let world = World::of_nothing(&chief);
        let there = Scene { stand, world };
        for resource in RESOURCES {
            let file = bytes(&scene.world.chief, &before, resource);
            let job = there.import(&format!("resource={resource}&mode=commit"), kind, file);
            assert_eq!(job["state"], "succeeded", "{format} {resource}: {:?}", there.errors(&job));
            assert!(job["rowsCreated"].as_i64().is_some_and(|rows| rows > 0), "{resource}: {job}");
        }
        let after = there.export(&RESOURCES, format);
        for resource in RESOURCES {
            let (before, after) = (bytes(&scene.world.chief, &before, resource), bytes(&chief, &after, resource));
            if before != after && format != "xlsx" {
                let (before, after) = (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
                assert_eq!(before, after, "{format} {resource}");
            }
            assert!(before == after, "{format} {resource}");
        }
        let shown = |caller: &Caller, path: &str| {
            let all = caller.get(&format!("{path}?pageSize=500")).is(200).items();
            let mut all: Vec<Value> = all.into_iter().map(plain).collect();
            all.sort_by_key(|record| text(&record["id"]));
            all
        };
        for path in [
            "/v1/models",
            "/v1/teams",
            "/v1/reviews",
            "/v1/members",
            "/v1/memberships",
            "/v1/activities",
            "/v1/incidents",
            "/v1/commendations",
        ] {
            assert_eq!(shown(&scene.world.chief, path), shown(&chief, path), "{format} {path}");
        }
    }
}

/// A record without its bookkeeping.
fn plain(mut record: Value) -> Value {
    let properties = record.as_object_mut().expect("a record");
    properties
        .retain(|name, _| !["version", "createdAt", "updatedAt", "createdBy", "updatedBy"].contains(&name.as_str()));
    record
}
