//! Lists that are computed whole: cut into pages by position, with the same cursors and links as
//! lists that come out of a table (see `list`).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::list;
use super::page::PageInfo;
use super::query::RawQuery;
use crate::access::Tx;
use crate::error::Result;

/// Which part of a computed list is asked for.
pub struct Part {
    size: usize,
    cursor: Option<list::Cursor>,
    binding: String,
    query: RawQuery,
}

/// A part of a list, where it stands and the link to the next.
pub struct Taken<T> {
    pub items: Vec<T>,
    pub page: PageInfo,
    pub link: Option<String>,
}

impl Part {
    /// 400 for a foreign or damaged cursor.
    pub fn read(tx: &Tx<'_>, query: &RawQuery, cursor: Option<&str>, size: usize) -> Result<Self> {
        let binding = list::binding(tx, query, "")?;
        let cursor = cursor.filter(|text| !text.is_empty());
        let cursor = cursor.map(|text| list::open(text, &binding)).transpose()?;
        Ok(Self { size, cursor, binding, query: query.clone() })
    }

    /// Takes the part out of the whole list, which is sorted by `position`.
    pub fn take<T, V>(&self, mut whole: Vec<T>, position: impl Fn(&T) -> V) -> Result<Taken<T>>
    where
        V: Serialize + DeserializeOwned + Ord,
    {
        let begin = match &self.cursor {
            Some(cursor) => {
                let after: V = cursor.value()?;
                whole.partition_point(|item| position(item) <= after)
            }
            None => 0,
        };
        let mut items = whole.split_off(begin);
        let more = items.len() > self.size;
        items.truncate(self.size);
        let next_cursor = match items.last() {
            Some(last) if more => Some(list::Cursor::new(&self.binding, position(last), None)?.text()?),
            _ => None,
        };
        let link = next_cursor.as_deref().map(|cursor| list::link(&self.query, cursor)).transpose()?;
        Ok(Taken { items, page: PageInfo { has_more: more, next_cursor, total_count: None }, link })
    }
}
