//! Shapes of jobs: imports, exports, what is wrong with rows, what files there are.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::catalogue::ResourceType;
pub use super::read::Format;
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Id, Moment, UnitId, text_enum};

/// Identifier of an import.
pub type ImportId = Id<Import>;
/// Identifier of an export.
pub type ExportId = Id<Export>;

text_enum! {
    /// Where a job stands.
    pub enum JobState {
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

text_enum! {
    /// Whether an import only tells what it would do.
    pub enum ImportMode {
        Validate = "validate",
        Commit = "commit",
    }
}

text_enum! {
    /// Why a job failed.
    pub enum Failure {
        /// The file as a whole cannot be read: the row error says where.
        File = "file",
        /// Rows are wrong, and the import is all or nothing.
        Rows = "rows",
        /// The rights were withdrawn before it was done.
        Rights = "rights",
        /// There is more than a file of this format may hold.
        TooLarge = "too-large",
        /// It was begun again and again and never done.
        Abandoned = "abandoned",
        /// The service failed.
        Internal = "internal",
    }
}

/// Where to read what, and how.
#[derive(Clone, Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// The kind of record that the rows are.
    #[param(inline)]
    pub resource: ResourceType,
    /// `validate`, which is meant where nothing is said, tells what `commit` would do and changes nothing.
    #[param(inline)]
    pub mode: Option<ImportMode>,
    /// All rows or none. Otherwise each row by itself, and the wrong ones are left out.
    #[param(default = true)]
    pub atomic: Option<bool>,
}

/// What an import is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportAsked {
    pub resource: ResourceType,
    pub mode: ImportMode,
    pub atomic: bool,
    pub format: Format,
    pub charset: Option<String>,
}

/// What an import has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// Rows of the file, once they have been counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100000)]
    pub rows_total: Option<i64>,
    /// Rows looked at.
    #[schema(minimum = 0, maximum = 100000)]
    pub rows_read: i64,
    /// Rows of which a record was made, or would be.
    #[schema(minimum = 0, maximum = 100000)]
    pub rows_created: i64,
    /// Rows that are wrong.
    #[schema(minimum = 0, maximum = 100000)]
    pub rows_failed: i64,
}

/// What is kept of an import's course.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportTold {
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// How many row errors are kept.
    #[serde(default)]
    pub errors: i32,
    pub failure: Option<Failure>,
    pub finished_at: Option<Moment>,
}

/// An import: a file whose rows become records, as if each had been posted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    #[serde(flatten)]
    pub meta: Meta,
    /// The unit of whoever imports.
    pub unit_id: UnitId,
    pub resource: ResourceType,
    pub mode: ImportMode,
    /// All rows or none.
    pub atomic: bool,
    pub format: Format,
    /// A validation ends as the import would.
    pub state: JobState,
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub finished_at: Option<Moment>,
}

/// What is to be exported.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewExport {
    /// The kinds of record, each a file.
    #[schema(min_items = 1, max_items = 12)]
    pub resource_types: Vec<ResourceType>,
    pub format: Format,
}

/// A file of an export.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    /// What to call it.
    #[schema(max_length = 100)]
    pub name: String,
    pub resource_type: ResourceType,
    /// Where it is.
    #[schema(max_length = 300, format = "uri-reference")]
    pub url: String,
    /// Records in it.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub row_count: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$", min_length = 64, max_length = 64)]
    pub sha256: String,
}

/// What is kept of an export's course.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportTold {
    #[serde(default)]
    pub rows_written: i64,
    #[serde(default)]
    pub files: Vec<KeptFile>,
    pub cursor: Option<String>,
    pub failure: Option<Failure>,
    pub finished_at: Option<Moment>,
}

/// A file as it is kept: in so many pieces.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptFile {
    pub resource_type: ResourceType,
    pub row_count: i64,
    pub sha256: String,
    pub pieces: i32,
}

/// An export: what its maker may list, in files, as of one moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    #[serde(flatten)]
    pub meta: Meta,
    /// The unit whose territory is exported.
    pub unit_id: UnitId,
    #[schema(max_items = 12)]
    pub resource_types: Vec<ResourceType>,
    pub format: Format,
    pub state: JobState,
    /// Records written so far.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub rows_written: i64,
    /// The files, once there are any; none once they have expired.
    #[schema(max_items = 12)]
    pub files: Vec<ExportedFile>,
    /// Where the change feed goes on from what the files hold: the `cursor` of `/v1/changes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000)]
    pub cursor: Option<String>,
    /// When the files go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<Moment>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub finished_at: Option<Moment>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowError {
    /// The row of the sheet, or the line of the file on which it begins, from 1, the header included.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub row: i64,
    /// The column by its JSON name, or by its letters where it is no column of the record; left out where
    /// the row as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    pub column: Option<String>,
    /// The kind of fault, for programs.
    #[schema(max_length = 60, pattern = "^[a-z0-9-]+$", example = "ambiguous-number")]
    pub code: String,
    /// What is wrong, in the language asked for.
    #[schema(max_length = 2000)]
    pub message: String,
    #[schema(max_length = 2000)]
    pub message_en: String,
    #[schema(max_length = 2000)]
    pub message_vi: String,
}

macro_rules! job {
    ($job:ident) => {
        impl Named for $job {
            const NOUN: Noun = Noun::$job;
        }
        impl Record for $job {
            fn meta(&self) -> &Meta {
                &self.meta
            }
            fn territory(&self) -> Option<UnitId> {
                Some(self.unit_id)
            }
        }
    };
}
job!(Import);
job!(Export);

impl Named for RowError {
    const NOUN: Noun = Noun::RowError;
}

/// A tag for the bytes of a file.
pub struct ExportFile;

impl Named for ExportFile {
    const NOUN: Noun = Noun::ExportFile;
}

/// A tag for templates.
pub struct ImportTemplate;

impl Named for ImportTemplate {
    const NOUN: Noun = Noun::ImportTemplate;
}

/// Which imports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ImportFilter {
    /// In one of these states.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub state: Option<Vec<JobState>>,
    /// Of one of these kinds of record.
    #[param(inline, style = Form, explode = false, max_items = 12)]
    pub resource: Option<Vec<ResourceType>>,
}

/// Which exports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ExportFilter {
    /// In one of these states.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub state: Option<Vec<JobState>>,
}

sort_by!(JobSort, "-createdAt", { CreatedAt = "createdAt" });
sort_by!(RowErrorSort, "row", { Row = "row", CreatedAt = "createdAt" });
