//! One statement, two databases: arguments and cells in a neutral form, expanded to each backend
//! here and nowhere else.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Postgres, Row as _, Sqlite, ValueRef as _};
use uuid::Uuid;

use crate::db::{Conn, Link};
use crate::{Result, StoreError};

/// An argument of a statement. `None` is a NULL that PostgreSQL can still tell the type of.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
}

/// Where a cell stands in its row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Name(&'static str),
    Index(usize),
}

/// A row of either database.
pub(crate) trait Cells {
    fn is_null(&self, at: At) -> Result<bool>;
    fn int(&self, at: At) -> Result<i64>;
    fn bool(&self, at: At) -> Result<bool>;
    fn text(&self, at: At) -> Result<String>;
    fn bytes(&self, at: At) -> Result<Vec<u8>>;
    fn uuid(&self, at: At) -> Result<Uuid>;
}

macro_rules! cells {
    ($row:ty) => {
        impl Cells for $row {
            fn is_null(&self, at: At) -> Result<bool> {
                Ok(match at {
                    At::Name(name) => self.try_get_raw(name)?.is_null(),
                    At::Index(index) => self.try_get_raw(index)?.is_null(),
                })
            }
            cells!(@get int i64, bool bool, text String, bytes Vec<u8>, uuid Uuid);
        }
    };
    (@get $($name:ident $kind:ty),+) => {$(
        fn $name(&self, at: At) -> Result<$kind> {
            Ok(match at {
                At::Name(name) => self.try_get(name)?,
                At::Index(index) => self.try_get(index)?,
            })
        }
    )+};
}
cells!(SqliteRow);
cells!(PgRow);

/// A type that is kept in one column. Implementations are in `columns.rs`.
pub(crate) trait Column: Sized {
    fn null() -> Value;
    fn to_value(&self) -> Value;
    fn read(row: &dyn Cells, at: At) -> Result<Self>;
}

/// A type that a whole row becomes; `row!` writes the implementation.
pub(crate) trait FromRow: Sized {
    fn from_row(row: &dyn Cells) -> Result<Self>;
}

macro_rules! tuples {
    ($($column:ident $index:tt),+) => {
        impl<$($column: Column),+> FromRow for ($($column,)+) {
            fn from_row(row: &dyn Cells) -> Result<Self> {
                Ok(($($column::read(row, At::Index($index))?,)+))
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);

/// The arguments of a statement, `$1` first.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Column::to_value(&$value)),*] };
}
pub(crate) use args;

/// A struct that is one row: its fields are the columns, in the same names. Derives reading, the
/// column list and the values of an insert, so that a table's columns are spelled once.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $kind:ty,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $kind,)+ }

        impl $name {
            pub(crate) const COLUMNS: &'static str =
                $crate::sql::without_comma(concat!($(stringify!($field), ", "),+));
        }

        impl $crate::sql::FromRow for $name {
            fn from_row(row: &dyn $crate::sql::Cells) -> $crate::Result<Self> {
                Ok(Self { $($field: $crate::sql::Column::read(
                    row, $crate::sql::At::Name(stringify!($field)))?,)+ })
            }
        }

        impl $crate::sql::Insert for $name {
            const COLUMNS: &'static str = Self::COLUMNS;
            fn values(&self) -> Vec<$crate::sql::Value> {
                $crate::sql::args![$(self.$field),+]
            }
        }
    };
}
pub(crate) use row;

/// What `row!` derives for inserting.
pub(crate) trait Insert {
    const COLUMNS: &'static str;
    fn values(&self) -> Vec<Value>;
}

pub(crate) const fn without_comma(columns: &str) -> &str {
    columns.split_at(columns.len() - 2).0
}

/// `($1, $2), ($3, $4)`: the places of `rows` rows with `columns` values each.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    places_from(1, rows, columns)
}

/// The same, from `$first` on.
pub(crate) fn places_from(first: usize, rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{comma}${}", row * columns + column + first);
        }
        text.push(')');
    }
    text
}

/// Statements whose text depends on how much they carry are not worth a place in the cache of
/// prepared ones; this many arguments tell them from the others.
const MOST_CACHED_ARGUMENTS: usize = 40;

macro_rules! on_either {
    ($conn:expr, $sql:expr, $args:expr, |$query:ident, $link:ident| $body:expr) => {{
        let sql: Cow<'static, str> = $sql.into();
        let keep = $args.len() <= MOST_CACHED_ARGUMENTS;
        match $conn.link() {
            Link::Sqlite($link) => {
                let args: SqliteArguments = bind($args)?;
                let $query =
                    sqlx::query_with::<Sqlite, _>(AssertSqlSafe(sql), args).persistent(keep);
                $body
            }
            Link::Postgres($link) => {
                let args: PgArguments = bind($args)?;
                let $query =
                    sqlx::query_with::<Postgres, _>(AssertSqlSafe(sql), args).persistent(keep);
                $body
            }
        }
    }};
}

/// Statements are constants, or built from constants and placeholders only: no value that came
/// from outside ever becomes part of their text.
impl Conn {
    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn execute(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Value>,
    ) -> Result<u64> {
        let said = on_either!(self, sql, args, |query, link| {
            query.execute(link).await.map(|done| done.rows_affected())
        });
        self.faults.heard(said)
    }

    /// All rows.
    pub(crate) async fn fetch<T: FromRow>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Value>,
    ) -> Result<Vec<T>> {
        let said = on_either!(self, sql, args, |query, link| {
            let rows = query.fetch_all(link).await;
            rows.map(|rows| rows.iter().map(|row| T::from_row(row)).collect())
        });
        self.faults.heard(said)?
    }

    /// The first row, if any.
    pub(crate) async fn fetch_optional<T: FromRow>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Value>,
    ) -> Result<Option<T>> {
        let said = on_either!(self, sql, args, |query, link| {
            let row = query.fetch_optional(link).await;
            row.map(|row| row.map(|row| T::from_row(&row)).transpose())
        });
        self.faults.heard(said)?
    }

    /// The one row that always exists, such as a count's.
    pub(crate) async fn fetch_one<T: FromRow>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Value>,
    ) -> Result<T> {
        self.fetch_optional(sql, args)
            .await?
            .ok_or_else(|| StoreError::Database(sqlx::Error::RowNotFound))
    }

    /// Inserts a whole row.
    pub(crate) async fn insert<T: Insert>(&mut self, table: &'static str, row: &T) -> Result<()> {
        let values = row.values();
        let (columns, places) = (T::COLUMNS, places(1, values.len()));
        self.execute(format!("INSERT INTO {table} ({columns}) VALUES {places}"), values).await?;
        Ok(())
    }
}

trait Bindable: Arguments {
    fn push(&mut self, value: Value) -> std::result::Result<(), sqlx::error::BoxDynError>;
}

macro_rules! bindable {
    ($arguments:ty) => {
        impl Bindable for $arguments {
            fn push(&mut self, value: Value) -> std::result::Result<(), sqlx::error::BoxDynError> {
                match value {
                    Value::Int(value) => self.add(value),
                    Value::Bool(value) => self.add(value),
                    Value::Text(value) => self.add(value),
                    Value::Bytes(value) => self.add(value),
                    Value::Uuid(value) => self.add(value),
                }
            }
        }
    };
}
bindable!(SqliteArguments);
bindable!(PgArguments);

fn bind<A: Bindable>(values: Vec<Value>) -> Result<A> {
    let mut arguments = A::default();
    for value in values {
        arguments.push(value).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_across_rows() {
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(places(1, 1), "($1)");
    }

    #[test]
    fn the_last_comma_goes() {
        assert_eq!(without_comma("a, b, "), "a, b");
    }
}
