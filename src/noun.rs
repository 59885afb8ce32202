//! The nouns by name: what each kind of record is called in paths, in the journal and in the document.

use crate::types::text_enum;

/// Declares the nouns: what each is called in paths, in the document and in one instance.
macro_rules! nouns {
    ($($noun:ident = $path:literal, $one:literal, $many:literal;)+) => {
        text_enum! {
            /// A kind of record, by the name it has in paths, in the journal and in the feed.
            pub enum Noun { $($noun = $path),+ }
        }
        impl Noun {
            /// The name of one record in the document's schemas and operation ids.
            pub const fn one(self) -> &'static str {
                match self { $(Self::$noun => $one),+ }
            }
            /// The name of several.
            pub const fn many(self) -> &'static str {
                match self { $(Self::$noun => $many),+ }
            }
        }
    };
}

nouns! {
    Unit = "units", "Unit", "Units";
    Succession = "unit-successions", "UnitSuccession", "UnitSuccessions";
    ModelType = "model-types", "ModelType", "ModelTypes";
    Model = "models", "Model", "Models";
    ModelStatusChange = "model-status-changes", "ModelStatusChange", "ModelStatusChanges";
    Team = "teams", "Team", "Teams";
    Review = "reviews", "Review", "Reviews";
    Activity = "activities", "Activity", "Activities";
    Member = "members", "Member", "Members";
    MemberDisclosure = "member-disclosures", "MemberDisclosure", "MemberDisclosures";
    MemberErasure = "member-erasures", "MemberErasure", "MemberErasures";
    MemberLookup = "member-lookups", "MemberLookup", "MemberLookups";
    Membership = "memberships", "Membership", "Memberships";
    Commendation = "commendations", "Commendation", "Commendations";
    CommendationStatusChange = "commendation-status-changes", "CommendationStatusChange", "CommendationStatusChanges";
    CodeList = "code-lists", "CodeList", "CodeLists";
    ListCode = "codes", "ListCode", "ListCodes";
    Incident = "incidents", "Incident", "Incidents";
    IncidentStatusChange = "incident-status-changes", "IncidentStatusChange", "IncidentStatusChanges";
    Client = "clients", "Client", "Clients";
    ClientCredential = "client-credentials", "ClientCredential", "ClientCredentials";
    User = "users", "User", "Users";
    UserCredential = "user-credentials", "UserCredential", "UserCredentials";
    Me = "me", "Me", "Me";
    Change = "changes", "Change", "Changes";
    AuditEvent = "audit-events", "AuditEvent", "AuditEvents";
    AuditCheckpoint = "audit-checkpoints", "AuditCheckpoint", "AuditCheckpoints";
    InclusionProof = "inclusion-proofs", "InclusionProof", "InclusionProofs";
    ConsistencyProof = "consistency-proofs", "ConsistencyProof", "ConsistencyProofs";
    MePassword = "me-passwords", "MePassword", "MePasswords";
    Indicator = "indicators", "Indicator", "Indicators";
    Observation = "observations", "Observation", "Observations";
    Balance = "balances", "Balance", "Balances";
    MovementReport = "movement-reports", "MovementReport", "MovementReports";
    Import = "imports", "Import", "Imports";
    RowError = "row-errors", "RowError", "RowErrors";
    ImportTemplate = "import-templates", "ImportTemplate", "ImportTemplates";
    Export = "exports", "Export", "Exports";
    ExportFile = "export-files", "ExportFile", "ExportFiles";
}

impl Noun {
    /// The properties that tell of a person: in the journal under that person's key alone, and null once
    /// it is destroyed.
    pub const fn personal(self) -> &'static [&'static str] {
        match self {
            Self::Member => {
                &["name", "birthYear", "gender", "address", "occupation", "nationalIdMasked", "phoneMasked"]
            }
            Self::Commendation => &["recipientName"],
            Self::User => &["displayName", "identities"],
            _ => &[],
        }
    }
}

/// A name tag: which noun a record type is.
pub trait Named: 'static {
    const NOUN: Noun;
}
