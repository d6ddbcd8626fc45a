use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qv_domain::Timestamp;
use uuid::Uuid;

use crate::StoreError;

/// The most rows of one page, whatever is asked for.
pub const MOST_PER_PAGE: u32 = 200;

/// Where a list goes on: opaque to clients, bound to the order of the list that gave it. Text: 32
/// characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    key: i64,
    id: Uuid,
}

impl Cursor {
    /// Where a list begins that has its highest key first.
    pub(crate) const BEFORE_ALL: Self = Self { key: i64::MAX, id: Uuid::max() };

    pub(crate) const fn at(moment: Timestamp, id: Uuid) -> Self {
        Self { key: moment.as_micros(), id }
    }

    pub(crate) fn number(number: u64) -> Self {
        Self { key: i64::try_from(number).unwrap_or(i64::MAX), id: Uuid::nil() }
    }

    pub(crate) const fn key(self) -> i64 {
        self.key
    }

    pub(crate) const fn id(self) -> Uuid {
        self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.key.to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::Cursor`] for any text that [`Display`](fmt::Display) does not make.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 24];
        if text.len() != 32
            || URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| StoreError::Cursor)? != 24
        {
            return Err(StoreError::Cursor);
        }
        let (key, id) = bytes.split_at(8);
        Ok(Self {
            key: i64::from_be_bytes(key.try_into().map_err(|_| StoreError::Cursor)?),
            id: Uuid::from_slice(id).map_err(|_| StoreError::Cursor)?,
        })
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were asked for with one more than `limit`.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = limit.clamp(1, MOST_PER_PAGE) as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
}

/// How many rows to ask for, so that it shows whether there are more.
pub(crate) fn one_more(limit: u32) -> u32 {
    limit.clamp(1, MOST_PER_PAGE) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_returns_the_same_cursor() {
        let cursor = Cursor { key: -5, id: Uuid::from_u128(7) };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        assert_eq!(cursor.to_string().len(), 32);
    }

    #[test]
    fn bad_text_is_refused() {
        let long = "A".repeat(33);
        for bad in ["", "x", "====", &long, "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!", "äääääääääääääääà"]
        {
            assert!(matches!(bad.parse::<Cursor>(), Err(StoreError::Cursor)), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_page_says_whether_there_is_more() {
        let cursor = |item: &u64| Cursor::number(*item);
        assert_eq!(Page::cut(vec![1, 2], 2, cursor).next, None);
        assert_eq!(
            Page::cut(vec![1, 2, 3], 2, cursor),
            Page { items: vec![1, 2], next: Some(Cursor::number(2)) }
        );
    }
}
