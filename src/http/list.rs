//! Lists: filters, order, pages by keyset. A cursor is bound to its caller and its query.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use uuid::Uuid;

use super::page::{Cut, Listed, Page, PageInfo};
use super::query::RawQuery;
use crate::access::Tx;
use crate::error::{Error, Fault, Result, Words};
use crate::types::{hex, text_enum};

/// What a list can be sorted by.
pub trait SortBy: Copy + std::str::FromStr + Send + 'static {
    /// Every key, as it is written.
    const KEYS: &'static [&'static str];
    /// The order without `sort`, `-` for descending.
    const DEFAULT: &'static str;
}

/// Declares what a list can be sorted by: `sort_by!(ModelSort, "-createdAt", { CreatedAt = "createdAt" })`.
macro_rules! sort_by {
    ($name:ident, $default:literal, { $($key:ident = $text:literal),+ $(,)? }) => {
        /// What the list can be sorted by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($key),+ }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok(Self::$key),)+ _ => Err(()) }
            }
        }
        impl $crate::http::SortBy for $name {
            const KEYS: &'static [&'static str] = &[$($text),+];
            const DEFAULT: &'static str = $default;
        }
    };
}
pub(crate) use sort_by;

sort_by!(VersionSort, "-createdAt", { CreatedAt = "createdAt", Version = "version" });

/// A list without filters of its own.
#[derive(Debug, Deserialize)]
pub struct NoFilter {}

impl IntoParams for NoFilter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

text_enum! {
    /// Whether a list says how many records there are in all.
    pub enum Count {
        None = "none",
        Exact = "exact",
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    cursor: Option<String>,
    page_size: Option<i64>,
    count: Option<Count>,
    sort: Option<String>,
}

/// Filters and paging together, as one set of parameters.
#[derive(Deserialize)]
#[serde(bound = "F: DeserializeOwned")]
pub struct ListParams<F, K> {
    #[serde(flatten)]
    filter: F,
    #[serde(flatten)]
    paging: Paging,
    #[serde(skip)]
    by: PhantomData<fn() -> K>,
}

impl<F: IntoParams, K: SortBy> IntoParams for ListParams<F, K> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let sorts = K::KEYS.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")]);
        let parameter = |name: &str, about: &str, schema: ObjectBuilder| {
            ParameterBuilder::new()
                .name(name)
                .description(Some(about))
                .parameter_in(ParameterIn::Query)
                .required(utoipa::openapi::Required::False)
                .schema(Some(schema))
                .build()
        };
        let mut all = F::into_params(place);
        all.extend([
            parameter(
                "cursor",
                "Where to go on: `nextCursor` of the page before. Empty or absent is the beginning.",
                text().max_length(Some(2000)),
            ),
            parameter(
                "pageSize",
                "At most so many records.",
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Integer))
                    .minimum(Some(1))
                    .maximum(Some(500))
                    .default(Some(50.into())),
            ),
            parameter(
                "count",
                "`exact` adds `totalCount`.",
                text().enum_values(Some(Count::ALL.iter().map(|c| c.as_str()))).default(Some("none".into())),
            ),
            parameter(
                "sort",
                "Order; `-` for descending. Ties are broken by id.",
                text().enum_values(Some(sorts)).default(Some(K::DEFAULT.into())),
            ),
        ]);
        all
    }
}

/// The query of a list, not yet read.
pub struct AskFor<F, K> {
    query: RawQuery,
    of: PhantomData<fn() -> (F, K)>,
}

/// What a caller asks of a list.
pub struct Ask<F, K> {
    pub filter: F,
    pub sort: K,
    pub descending: bool,
    size: i64,
    count: Count,
    cursor: Option<Cursor>,
    binding: String,
    query: RawQuery,
}

/// Where a page ended.
#[derive(Serialize, Deserialize)]
pub(super) struct Cursor {
    /// What it is bound to.
    b: String,
    /// The last record's sort key.
    v: Value,
    /// The last record's id.
    i: Option<Uuid>,
}

impl Cursor {
    pub(super) fn new(binding: &str, value: impl Serialize, id: Option<Uuid>) -> Result<Self> {
        Ok(Self { b: binding.to_owned(), v: serde_json::to_value(value).map_err(Error::internal)?, i: id })
    }

    pub(super) fn value<V: DeserializeOwned>(&self) -> Result<V> {
        serde_json::from_value(self.v.clone()).map_err(|_| foreign_cursor())
    }

    pub(super) fn text(&self) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Error::internal)?))
    }
}

impl<F: IntoParams + DeserializeOwned + 'static, K: SortBy> AskFor<F, K> {
    /// 400 with every fault, that of a foreign or damaged cursor included.
    pub fn read(&self, tx: &Tx<'_>) -> Result<Ask<F, K>> {
        let ListParams { filter, paging, .. } = self.query.read::<ListParams<F, K>>()?;
        let sort = paging.sort.as_deref().unwrap_or(K::DEFAULT);
        let binding = binding(tx, &self.query, sort)?;
        let cursor = paging.cursor.filter(|text| !text.is_empty());
        let cursor = cursor.map(|text| open(&text, &binding)).transpose()?;
        let key = sort.strip_prefix('-').unwrap_or(sort);
        let count = paging.count.unwrap_or(Count::None);
        if count == Count::Exact {
            tx.stay()?;
        }
        Ok(Ask {
            filter,
            sort: key.parse().map_err(|_| Error::internal("a sort key that the schema allows"))?,
            descending: sort.starts_with('-'),
            size: paging.page_size.unwrap_or(50),
            count,
            cursor,
            binding,
            query: self.query.clone(),
        })
    }
}

impl<F, K> FromRequest for AskFor<F, K> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = RawQuery::from_request(request, payload).into_inner();
        ready(query.map(|query| Self { query, of: PhantomData }))
    }
}

/// What a cursor belongs to: caller, path, filters and order. Page size and count may change on the way.
pub(super) fn binding(tx: &Tx<'_>, query: &RawQuery, sort: &str) -> Result<String> {
    let mut pairs = query.pairs()?;
    pairs.retain(|(name, _)| !matches!(name.as_str(), "cursor" | "pageSize" | "count" | "sort" | "waitSeconds"));
    pairs.sort_unstable();
    let bound = format!("{} {} {sort} {pairs:?}", tx.caller().id, query.path);
    let hash = digest(&SHA256, bound.as_bytes());
    Ok(hex(&hash.as_ref()[..12]))
}

pub(super) fn open(text: &str, binding: &str) -> Result<Cursor> {
    let decoded = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    match serde_json::from_slice::<Cursor>(&decoded) {
        Ok(cursor) if cursor.b == binding && storable(&cursor.v) => Ok(cursor),
        Ok(_) | Err(_) => Err(foreign_cursor()),
    }
}

/// PostgreSQL holds no text with a NUL, so no record was ever sorted by one.
fn storable(value: &Value) -> bool {
    value.as_str().is_none_or(|text| !text.contains('\0'))
}

pub fn foreign_cursor() -> Error {
    let detail = Words::new(
        "The cursor is not one that this caller was given for this query.",
        "Con trỏ trang không thuộc truy vấn này.",
    );
    Error::Invalid(vec![Fault::parameter("cursor", "invalid-cursor", detail)])
}

impl<F, K> Ask<F, K> {
    /// One more than the page holds, to know whether there is more.
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// The sort key and id after which the page begins.
    pub fn after<V: DeserializeOwned>(&self) -> Result<Option<(V, Uuid)>> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        Ok(Some((cursor.value()?, cursor.i.unwrap_or_default())))
    }

    /// Cuts what was found down to the page; `position` gives a row's sort key and id.
    pub fn cut<T, V: Serialize>(&self, mut rows: Vec<T>, position: impl Fn(&T) -> (V, Uuid)) -> Result<Cut<T>> {
        let more = rows.len() as i64 > self.size;
        rows.truncate(self.size as usize);
        let next = match rows.last() {
            Some(last) if more => {
                let (value, id) = position(last);
                Some(Cursor::new(&self.binding, value, Some(id))?.text()?)
            }
            _ => None,
        };
        Ok(Cut { rows, next })
    }

    /// Cuts what was found where the search stopped before the page was full; it goes on behind `position`.
    pub fn cut_short<T, V: Serialize>(&self, rows: Vec<T>, position: (V, Uuid)) -> Result<Cut<T>> {
        let (value, id) = position;
        Ok(Cut { rows, next: Some(Cursor::new(&self.binding, value, Some(id))?.text()?) })
    }

    /// Cuts the page out of a list that is whole in memory, in its order, sorted by its first key.
    pub fn cut_all<T, V>(&self, all: Vec<T>, position: impl Fn(&T) -> (V, Uuid)) -> Result<Cut<T>>
    where
        V: Serialize + DeserializeOwned + PartialOrd,
    {
        let after = self.after::<V>()?;
        let beyond = |value: &V, last: &V| if self.descending { value < last } else { value > last };
        let rest =
            all.into_iter().filter(|item| after.as_ref().is_none_or(|(last, _)| beyond(&position(item).0, last)));
        self.cut(rest.take(self.limit() as usize).collect(), position)
    }

    /// The number of records in all, if it was asked for.
    pub fn total(&self, count: impl FnOnce() -> Result<i64>) -> Result<Option<i64>> {
        match self.count {
            Count::None => Ok(None),
            Count::Exact => Ok(Some(count()?)),
        }
    }

    /// The answer.
    pub fn listed<T: Serialize + ToSchema>(&self, cut: Cut<T>, total: Option<i64>) -> Result<Listed<T>> {
        let link = match &cut.next {
            Some(cursor) => Some(link(&self.query, cursor)?),
            None => None,
        };
        let page = PageInfo { has_more: cut.next.is_some(), next_cursor: cut.next, total_count: total };
        Listed::new(&Page { items: cut.rows, page }, link)
    }
}

/// The `Link` to the page at `cursor` of the same query (RFC 8288).
pub(super) fn link(asked: &RawQuery, cursor: &str) -> Result<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in asked.pairs()? {
        if name != "cursor" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("cursor", cursor);
    Ok(format!("<{}?{}>; rel=\"next\"", asked.path, query.finish()))
}
