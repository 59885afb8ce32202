//! The table of nouns: what the cases of the contract need to know of each, and no more.

use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::stand::{World, world};

/// A kind of record.
pub struct Noun {
    pub path: &'static str,
    /// The `n`th body of a new record.
    pub body: fn(&World, usize) -> Value,
    pub required: &'static [&'static str],
    /// Some optional property and a value for it.
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
        required: &["name", "modelTypeId", "unitId", "establishedOn", "leadBody"],
        optional: ("notes", "Mỗi hộ một bình chữa cháy.\nHọp mỗi tháng."),
        read: Scope::ModelsRead,
        write: Scope::ModelsWrite,
        removable: true,
        belongs: true,
    },
    Noun {
        path: "/v1/clients",
        body: |world, n| world::client(&format!("Hệ thống {n}"), &world.ward),
        required: &["name", "scopes", "unitId"],
        optional: ("organisationCode", "H17.25"),
        read: Scope::ClientsWrite,
        write: Scope::ClientsWrite,
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

    /// A small change.
    pub fn patch(&self) -> Value {
        json!({"name": "Tên mới"})
    }

    /// Every scope but the one that `scope` names.
    pub fn all_but(scope: Scope) -> Vec<Scope> {
        Scope::ALL.iter().copied().filter(|other| *other != scope).collect()
    }
}
