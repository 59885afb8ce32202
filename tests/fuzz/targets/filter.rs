//! Filters: whatever stands in a query string. It is read, or refused with faults that say what is wrong; what fits
//! the published schema fits the type behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tuquan::error::Error;
use tuquan::exchange::job::{ExportFilter, ImportFilter, ImportParams, JobSort};
use tuquan::http::{ListParams, NoFilter, RawQuery, VersionSort};
use tuquan::resources::activity::{ActivityFilter, ActivitySort};
use tuquan::resources::client::{ClientFilter, ClientSort};
use tuquan::resources::code_list::{ListCodeFilter, ListCodeSort};
use tuquan::resources::commendation::{CommendationFilter, CommendationSort};
use tuquan::resources::incident::{IncidentFilter, IncidentSort};
use tuquan::resources::member::{MemberFilter, MemberSort};
use tuquan::resources::membership::{MembershipFilter, MembershipSort};
use tuquan::resources::model::{ModelFilter, ModelSort};
use tuquan::resources::model_type::{ModelTypeFilter, ModelTypeSort};
use tuquan::resources::review::{ReviewFilter, ReviewSort};
use tuquan::resources::team::{TeamFilter, TeamSort};
use tuquan::resources::unit::{UnitFilter, UnitSort};
use tuquan::resources::user::{UserFilter, UserSort};

/// The query as one of the lists reads it.
macro_rules! lists {
    ($which:expr, $query:expr, [$($filter:ty, $sort:ty;)+]) => {{
        let readers: &[fn(&RawQuery) -> Result<(), Error>] =
            &[$(|query| query.read::<ListParams<$filter, $sort>>().map(drop)),+, |query| query.read::<ImportParams>().map(drop)];
        readers[usize::from($which) % readers.len()](&$query)
    }};
}

fuzz_target!(|data: &[u8]| {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    let query = RawQuery::of("/v1/lists", String::from_utf8_lossy(rest).into_owned());
    let read = lists!(*which, query, [
        ActivityFilter, ActivitySort;
        ClientFilter, ClientSort;
        ListCodeFilter, ListCodeSort;
        CommendationFilter, CommendationSort;
        IncidentFilter, IncidentSort;
        MemberFilter, MemberSort;
        MembershipFilter, MembershipSort;
        ModelFilter, ModelSort;
        ModelTypeFilter, ModelTypeSort;
        ReviewFilter, ReviewSort;
        TeamFilter, TeamSort;
        UnitFilter, UnitSort;
        UserFilter, UserSort;
        ImportFilter, JobSort;
        ExportFilter, JobSort;
        NoFilter, VersionSort;
    ]);
    match read {
        Ok(()) => {}
        Err(Error::Invalid(faults)) => {
            assert!(!faults.is_empty(), "refused for no reason");
            assert!(
                faults.iter().all(|fault| fault.code != "invalid"),
                "it fits its schema but not its type: {faults:?}"
            );
        }
        Err(other) => unreachable!("{other:?}"),
    }
});
