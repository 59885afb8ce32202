//! Who may do what. One exhaustive match from (noun, action) to scopes, one from role to scopes;
//! 401s, 403s and the document's required scopes all come from here and from nowhere else.

use crate::noun::Noun;
use crate::types::text_enum;

text_enum! {
    /// A right that a client is given by name and a role brings along.
    pub enum Scope {
        UnitsRead = "units:read",
        UnitsWrite = "units:write",
        ModelTypesRead = "model-types:read",
        ModelTypesWrite = "model-types:write",
        CodeListsRead = "code-lists:read",
        CodeListsWrite = "code-lists:write",
        StatisticsRead = "statistics:read",
        ModelsRead = "models:read",
        ModelsWrite = "models:write",
        TeamsRead = "teams:read",
        TeamsWrite = "teams:write",
        ReviewsRead = "reviews:read",
        ReviewsWrite = "reviews:write",
        MembersRead = "members:read",
        MembersWrite = "members:write",
        MembersDisclose = "members:disclose",
        MembersErase = "members:erase",
        MembershipsRead = "memberships:read",
        MembershipsWrite = "memberships:write",
        ActivitiesRead = "activities:read",
        ActivitiesWrite = "activities:write",
        IncidentsRead = "incidents:read",
        IncidentsWrite = "incidents:write",
        IncidentsDetail = "incidents:detail",
        CommendationsRead = "commendations:read",
        CommendationsWrite = "commendations:write",
        ChangesRead = "changes:read",
        AuditRead = "audit:read",
        UsersWrite = "users:write",
        ClientsWrite = "clients:write",
        RecordsDelete = "records:delete",
        ImportsWrite = "imports:write",
        ExportsCreate = "exports:create",
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(u64);

impl ScopeSet {
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u64) != 0
    }

    pub fn covers(self, needed: &[Scope]) -> bool {
        needed.iter().all(|scope| self.has(*scope))
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |s| self.has(*s))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u64))
    }
}

text_enum! {
    /// What is done to a noun.
    pub enum Action {
        Read = "read",
        Create = "create",
        Update = "update",
        Delete = "delete",
    }
}

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Every one of these scopes.
    Needs(&'static [Scope]),
    /// A valid token, whatever its scopes.
    SignedIn,
    /// There is no such operation.
    Absent,
}

/// The policy.
pub const fn rule(noun: Noun, action: Action) -> Rule {
    use Action::{Create, Delete, Read, Update};
    use Rule::{Absent, Needs, SignedIn};
    use Scope::*;
    match (noun, action) {
        (Noun::Unit | Noun::Succession, Read) => Needs(&[UnitsRead]),
        (Noun::Unit, Create | Update) => Needs(&[UnitsWrite]),
        (Noun::Unit, Delete) => Needs(&[UnitsWrite, RecordsDelete]),
        (Noun::Succession, Create) => Needs(&[UnitsWrite]),
        (Noun::Succession, Update | Delete) => Absent,

        (Noun::ModelType, Read) => Needs(&[ModelTypesRead]),
        (Noun::ModelType, Create | Update) => Needs(&[ModelTypesWrite]),
        (Noun::ModelType, Delete) => Needs(&[ModelTypesWrite, RecordsDelete]),

        (Noun::Model | Noun::ModelStatusChange, Read) => Needs(&[ModelsRead]),
        (Noun::Model, Create | Update) => Needs(&[ModelsWrite]),
        (Noun::Model, Delete) => Needs(&[ModelsWrite, RecordsDelete]),
        (Noun::ModelStatusChange, Create) => Needs(&[ModelsWrite]),
        (Noun::ModelStatusChange, Update | Delete) => Absent,

        (Noun::Team, Read) => Needs(&[TeamsRead]),
        (Noun::Team, Create | Update) => Needs(&[TeamsWrite]),
        (Noun::Team, Delete) => Needs(&[TeamsWrite, RecordsDelete]),

        (Noun::Review, Read) => Needs(&[ReviewsRead]),
        (Noun::Review, Create | Update) => Needs(&[ReviewsWrite]),
        (Noun::Review, Delete) => Needs(&[ReviewsWrite, RecordsDelete]),

        (Noun::Activity, Read) => Needs(&[ActivitiesRead]),
        (Noun::Activity, Create | Update) => Needs(&[ActivitiesWrite]),
        (Noun::Activity, Delete) => Needs(&[ActivitiesWrite, RecordsDelete]),

        (Noun::Member, Read) => Needs(&[MembersRead]),
        (Noun::Member, Create | Update) => Needs(&[MembersWrite]),
        (Noun::Member, Delete) => Needs(&[MembersWrite, RecordsDelete]),
        (Noun::MemberDisclosure, Read | Create) => Needs(&[MembersDisclose]),
        (Noun::MemberDisclosure, Update | Delete) => Absent,
        (Noun::MemberErasure, Read | Create) => Needs(&[MembersErase]),
        (Noun::MemberErasure, Update | Delete) => Absent,
        (Noun::MemberLookup, Create) => Needs(&[MembersRead]),
        (Noun::MemberLookup, Read | Update | Delete) => Absent,

        (Noun::Membership, Read) => Needs(&[MembershipsRead]),
        (Noun::Membership, Create | Update) => Needs(&[MembershipsWrite]),
        (Noun::Membership, Delete) => Needs(&[MembershipsWrite, RecordsDelete]),

        (Noun::Commendation | Noun::CommendationStatusChange, Read) => Needs(&[CommendationsRead]),
        (Noun::Commendation, Create | Update) => Needs(&[CommendationsWrite]),
        (Noun::Commendation, Delete) => Needs(&[CommendationsWrite, RecordsDelete]),
        (Noun::CommendationStatusChange, Create) => Needs(&[CommendationsWrite]),
        (Noun::CommendationStatusChange, Update | Delete) => Absent,

        (Noun::CodeList | Noun::ListCode, Read) => Needs(&[CodeListsRead]),
        (Noun::CodeList, Create | Update | Delete) => Absent,
        (Noun::ListCode, Create | Update) => Needs(&[CodeListsWrite]),
        (Noun::ListCode, Delete) => Needs(&[CodeListsWrite, RecordsDelete]),

        (Noun::Incident | Noun::IncidentStatusChange, Read) => Needs(&[IncidentsRead]),
        (Noun::Incident, Create | Update) => Needs(&[IncidentsWrite]),
        (Noun::Incident, Delete) => Needs(&[IncidentsWrite, RecordsDelete]),
        (Noun::IncidentStatusChange, Create) => Needs(&[IncidentsWrite]),
        (Noun::IncidentStatusChange, Update | Delete) => Absent,

        (Noun::Client, Read | Create | Update) => Needs(&[ClientsWrite]),
        (Noun::Client, Delete) => Absent,
        (Noun::ClientCredential, Read | Create | Delete) => Needs(&[ClientsWrite]),
        (Noun::ClientCredential, Update) => Absent,

        (Noun::User, Read | Create | Update) => Needs(&[UsersWrite]),
        (Noun::User, Delete) => Absent,
        (Noun::UserCredential, Read | Create) => Needs(&[UsersWrite]),
        (Noun::UserCredential, Update | Delete) => Absent,

        (Noun::Me, Read) => SignedIn,
        (Noun::Me, Create | Update | Delete) => Absent,
        (Noun::MePassword, Create) => SignedIn,
        (Noun::MePassword, Read | Update | Delete) => Absent,

        (Noun::Change, Read) => Needs(&[ChangesRead]),
        (Noun::Change, Create | Update | Delete) => Absent,
        (Noun::AuditEvent | Noun::AuditCheckpoint | Noun::InclusionProof | Noun::ConsistencyProof, action) => {
            match action {
                Read => Needs(&[AuditRead]),
                Create | Update | Delete => Absent,
            }
        }

        (Noun::Indicator | Noun::Observation | Noun::Balance | Noun::MovementReport, action) => match action {
            Read => Needs(&[StatisticsRead]),
            Create | Update | Delete => Absent,
        },

        (Noun::Import, Read | Create) => Needs(&[ImportsWrite]),
        (Noun::RowError | Noun::ImportTemplate, Read) => Needs(&[ImportsWrite]),
        (Noun::Import, Update | Delete) => Absent,
        (Noun::RowError | Noun::ImportTemplate, Create | Update | Delete) => Absent,
        (Noun::Export, Read | Create) => Needs(&[ExportsCreate]),
        (Noun::ExportFile, Read) => Needs(&[ExportsCreate]),
        (Noun::Export, Update | Delete) => Absent,
        (Noun::ExportFile, Create | Update | Delete) => Absent,
    }
}

/// The fields of a noun that a caller with these scopes neither sees nor sends.
pub fn hidden(noun: Noun, scopes: ScopeSet) -> &'static [&'static str] {
    match noun {
        Noun::Incident if !scopes.has(Scope::IncidentsDetail) => &["summary"],
        Noun::Commendation if !scopes.has(Scope::IncidentsRead) => &["incidentIds"],
        _ => &[],
    }
}

/// The same for a record that tells of a person, and only then.
pub fn hidden_of_person(noun: Noun, scopes: ScopeSet) -> &'static [&'static str] {
    match noun {
        Noun::Commendation if !scopes.has(Scope::MembersRead) => &["recipientName"],
        _ => &[],
    }
}

text_enum! {
    /// The office a person holds; brings the scopes of the contract's table.
    pub enum Role {
        Viewer = "viewer",
        Clerk = "clerk",
        Officer = "officer",
        Commander = "commander",
        Auditor = "auditor",
        Admin = "admin",
    }
}

const EVERYONE: &[Scope] = {
    use Scope::*;
    &[UnitsRead, ModelTypesRead, CodeListsRead, StatisticsRead]
};
const VIEWER: &[Scope] = {
    use Scope::*;
    &[ModelsRead, TeamsRead, ReviewsRead, ActivitiesRead, CommendationsRead]
};
const CLERK: &[Scope] = {
    use Scope::*;
    &[MembersRead, MembershipsRead, ModelsWrite, TeamsWrite, MembersWrite, MembershipsWrite, ActivitiesWrite]
};
const OFFICER: &[Scope] = {
    use Scope::*;
    &[IncidentsRead, IncidentsWrite, IncidentsDetail, MembersDisclose, ChangesRead]
};
const COMMANDER: &[Scope] = {
    use Scope::*;
    &[ReviewsWrite, CommendationsWrite, MembersErase, RecordsDelete, ImportsWrite, ExportsCreate]
};
const AUDITOR: &[Scope] = &[Scope::AuditRead];
const ADMIN: &[Scope] = {
    use Scope::*;
    &[UnitsWrite, ModelTypesWrite, CodeListsWrite, UsersWrite, ClientsWrite, RecordsDelete]
};

impl Role {
    /// The scopes of the role, as the contract's table has them.
    pub fn scopes(self) -> ScopeSet {
        let parts: &[&[Scope]] = match self {
            Self::Viewer => &[EVERYONE, VIEWER],
            Self::Clerk => &[EVERYONE, VIEWER, CLERK],
            Self::Officer => &[EVERYONE, VIEWER, CLERK, OFFICER],
            Self::Commander => &[EVERYONE, VIEWER, CLERK, OFFICER, COMMANDER],
            Self::Auditor => &[EVERYONE, AUDITOR],
            Self::Admin => &[EVERYONE, ADMIN],
        };
        parts.iter().flat_map(|part| part.iter().copied()).collect()
    }
}
