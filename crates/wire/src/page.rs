use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Ask with `?cursor=` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}
