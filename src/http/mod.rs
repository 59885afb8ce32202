//! The wire: how requests are read and answers written, alike for every noun. What must not come
//! in: any noun, any SQL, any decision about rights.

mod accept;
mod answer;
mod body;
pub mod document;
mod envelope;
mod etag;
mod idempotency;
mod language;
mod list;
mod meter;
mod page;
mod part;
mod path;
mod patience;
mod problem;
mod query;
mod routes;
pub mod schema;
mod shape;
mod stream;
mod trace;

pub use accept::preferred;
pub use answer::{Created, NoContent, Plain, Tagged};
pub use body::{Body, Cleared, LARGEST_BODY, LARGEST_UPLOAD, MERGE_PATCH, MergePatch, Upload, checked};
pub use envelope::{API_VERSION, RequestId, envelope};
pub use etag::{IfMatch, known, unfit};
pub use language::Language;
pub(crate) use list::sort_by;
pub use list::{Ask, AskFor, Count, ListParams, NoFilter, SortBy, VersionSort, foreign_cursor};
pub use meter::Meter;
pub use page::{Cut, Listed, Page, PageInfo};
pub(crate) use page::{load_behind, page_by};
pub use part::{Part, Taken};
pub use path::At;
pub use patience::{Line, PATIENCE};
pub use problem::{Kind, PROBLEM_JSON, Problem, ProblemFault, detail, render};
pub use query::RawQuery;
pub use routes::{Methods, Route, RouteTable, Wire, unrouted};
pub use stream::{Stream, Streamed, rights};
