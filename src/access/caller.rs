//! Who asks: one principal with its scopes and its territory, as loaded for this request.

use crate::access::policy::ScopeSet;
use crate::types::{Id, text_enum};
use crate::types::{PrincipalId, UnitId};

text_enum! {
    /// What kind of principal a caller is.
    pub enum CallerKind {
        Client = "client",
        User = "user",
        System = "system",
    }
}

/// The registry itself, as author of what its own commands write.
pub const SYSTEM: PrincipalId = Id::new(uuid::Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000));
/// The unit that a fresh registry holds, the country.
pub const ROOT_UNIT: UnitId = Id::new(uuid::Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));

/// The principal behind a request and what it may do, no older than a second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub id: PrincipalId,
    pub kind: CallerKind,
    /// The root of the caller's territory.
    pub unit: UnitId,
    /// Whether that is known to be its own branch (see `territory::is_branch`).
    pub branch: bool,
    pub scopes: ScopeSet,
    pub rate_limit_per_minute: u32,
}

impl Caller {
    /// The registry's own commands: all rights, in the whole country.
    pub fn system() -> Self {
        Self {
            id: SYSTEM,
            kind: CallerKind::System,
            unit: ROOT_UNIT,
            branch: false,
            scopes: ScopeSet::all(),
            rate_limit_per_minute: u32::MAX,
        }
    }
}
