//! The table of nouns: what the cases of the contract need to know of each, and no more.

use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::stand::{World, world};

/// A kind of record.
pub struct Noun {
    pub path: &'static str,
    /// The `n`th body of a new record.
    pub body: fn(&World, usize) -> Value,
    /// A property that is one line of text, or several where `prose` says so.
    pub line: &'static str,
    pub prose: bool,
    /// Whether a body says of itself in which unit it is, and needs no other record there.
    pub places: bool,
    /// Whether the list takes `q`.
    pub searched: bool,
    pub required: &'static [&'static str],
    /// Some optional property and a value for it; a list in JSON.
    pub optional: (&'static str, &'static str),
    pub read: Scope,
    pub write: Scope,
    pub removable: bool,
    /// Whether a record belongs to a unit, so that others do not find it.
    pub belongs: bool,
}

pub const NOUNS: &[Noun] = &[
    Noun {
        path: "/v1/units",
        body: |world, n| world::unit(&format!("9{n:04}"), &format!("Phường {n}"), "commune", &world.province),
        line: "name",
        prose: false,
        places: false,
        searched: true,
        required: &["code", "codeSystem", "name", "kind", "nameType", "validFrom"],
        optional: ("validTo", "2031-05-01"),
        read: Scope::UnitsRead,
        write: Scope::UnitsWrite,
        removable: true,
        belongs: false,
    },
    Noun {
        path: "/v1/model-types",
        body: |_, n| world::model_type(&format!("L{n:04}"), &format!("Loại {n}")),
        line: "name",
        prose: false,
        places: false,
        searched: true,
        required: &["code", "name", "field", "validFrom"],
        optional: ("nameEn", "Household fire-safety group"),
        read: Scope::ModelTypesRead,
        write: Scope::ModelTypesWrite,
        removable: true,
        belongs: false,
    },
    Noun {
        path: "/v1/models",
        body: |world, n| world.model(&format!("Tổ liên gia {n}")),
        line: "name",
        prose: false,
        places: true,
        searched: true,
        required: &["name", "modelTypeId", "unitId", "establishedOn", "leadBody"],
        optional: ("notes", "Mỗi hộ một bình chữa cháy.\nHọp mỗi tháng."),
        read: Scope::ModelsRead,
        write: Scope::ModelsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/teams",
        body: |world, n| json!({"modelId": world.run_model(), "name": format!("Tổ {n}"), "startedOn": "2023-04-01"}),
        line: "name",
        prose: false,
        places: false,
        searched: false,
        required: &["modelId", "name", "startedOn"],
        optional: ("endedOn", "2024-05-01"),
        read: Scope::TeamsRead,
        write: Scope::TeamsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/reviews",
        body: |world, n| world.review(n),
        line: "reviewer",
        prose: false,
        places: false,
        searched: false,
        required: &["modelId", "period", "rating", "recommendation", "reviewedOn", "reviewer", "exemplar"],
        optional: ("notes", "Duy trì tốt."),
        read: Scope::ReviewsRead,
        write: Scope::ReviewsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/activities",
        body: |world, n| world.activity(&format!("Buổi {n}")),
        line: "title",
        prose: false,
        places: true,
        searched: false,
        required: &["kind", "title", "unitId", "startedAt", "organiser"],
        optional: ("topic", "Phòng cháy"),
        read: Scope::ActivitiesRead,
        write: Scope::ActivitiesWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/members",
        body: |world, n| world.member(&format!("Thành viên mẫu {n}")),
        line: "name",
        prose: false,
        places: true,
        searched: true,
        required: &["kind", "name", "unitId"],
        optional: ("address", "Số 1 đường Thử Nghiệm"),
        read: Scope::MembersRead,
        write: Scope::MembersWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/incidents",
        body: |world, n| world.incident(&format!("Tóm tắt {n}")),
        line: "summary",
        prose: true,
        places: true,
        searched: false,
        required: &["category", "severity", "occurredAt", "unitId", "source"],
        optional: ("occurredUntil", "2024-05-02T00:00:00Z"),
        read: Scope::IncidentsRead,
        write: Scope::IncidentsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/memberships",
        body: |world, n| world.membership(n),
        line: "endReason",
        prose: true,
        places: false,
        searched: false,
        required: &["memberId", "category", "role", "startedOn"],
        optional: ("pledgedOn", "2023-06-01"),
        read: Scope::MembershipsRead,
        write: Scope::MembershipsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/commendations",
        body: |world, n| world.commendation(&format!("Tập thể {n}")),
        line: "title",
        prose: false,
        places: false,
        searched: false,
        required: &["recipientKind", "recipientId", "form", "level", "title", "achievement"],
        optional: ("periodFrom", "2023-01-01"),
        read: Scope::CommendationsRead,
        write: Scope::CommendationsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/code-lists/incident_category/codes",
        body: |_, n| world::code(&format!("thu_nghiem_{n}")),
        line: "labelVi",
        prose: false,
        places: false,
        searched: false,
        required: &["code", "labelVi", "labelEn", "validFrom"],
        optional: ("validTo", "2031-05-01"),
        read: Scope::CodeListsRead,
        write: Scope::CodeListsWrite,
        removable: true,
        belongs: false,
    },
    Noun {
        path: "/v1/clients",
        body: |world, n| world::client(&format!("Hệ thống {n}"), &world.ward),
        line: "name",
        prose: false,
        places: true,
        searched: true,
        required: &["name", "scopes", "unitId"],
        optional: ("organisationCode", "H17.25"),
        read: Scope::ClientsWrite,
        write: Scope::ClientsWrite,
        removable: false,
        belongs: true,
    },
    Noun {
        path: "/v1/users",
        body: |world, n| world::user(&format!("nguoi.dung-{n}"), &world.ward),
        line: "displayName",
        prose: false,
        places: true,
        searched: false,
        required: &["username", "displayName", "role", "unitId"],
        optional: ("identities", r#"[{"iss": "https://id.example", "sub": "s-1"}]"#),
        read: Scope::UsersWrite,
        write: Scope::UsersWrite,
        removable: false,
        belongs: true,
    },
];

impl Noun {
    /// Makes the `n`th record and gives its path.
    #[track_caller]
    pub fn make(&self, world: &World, n: usize) -> String {
        world.path_of(self.path, &(self.body)(world, n))
    }

    /// The list's path as the document has it.
    pub fn template(&self) -> String {
        self.path.replace("/incident_category/", "/{listId}/")
    }

    /// The faults of an empty body.
    pub fn missing(&self) -> Vec<String> {
        let required = self.required.iter().map(|name| format!("/{name} required"));
        // A membership is of a model, a team or a unit.
        let one_of = (self.path == "/v1/memberships").then(|| " one-of".to_owned());
        required.chain(one_of).collect()
    }

    /// The optional property and its value.
    pub fn optional(&self) -> (&'static str, Value) {
        let (name, text) = self.optional;
        let list = text.starts_with('[').then(|| serde_json::from_str(text).expect("a list in JSON"));
        (name, list.unwrap_or_else(|| json!(text)))
    }

    /// A small change.
    pub fn patch(&self) -> Value {
        json!({self.line: "Tên mới"})
    }

    /// Every scope but the one that `scope` names.
    pub fn all_but(scope: Scope) -> Vec<Scope> {
        Scope::ALL.iter().copied().filter(|other| *other != scope).collect()
    }
}
