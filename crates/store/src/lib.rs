//! Everything kept: one data layer over SQLite and PostgreSQL.
//!
//! [`Db`] is the database. [`Db::read`] gives a [`Reader`] for look-ups, [`Db::begin`] a [`Tx`]
//! whose changes happen together or not at all; look-ups are methods of [`Conn`], which both are.
//!
//! ```no_run
//! # async fn example(db: qv_store::Db, new: qv_store::NewProject, env: &dyn qv_domain::Env)
//! # -> Result<(), qv_store::StoreError> {
//! let mut tx = db.begin().await?;
//! let project = tx.insert_project(&new, env.now()).await?;
//! tx.commit().await?;
//! let files = db.read().await?.files(project.id).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here asks for the time or makes an id: callers bring both, from [`qv_domain::Env`].
//!
//! # To add a query
//! 1. Find the aggregate's file (`projects.rs`, `files.rs`, …). A look-up becomes a method of
//!    [`Conn`] and returns `Option`, `Vec` or [`Page`]; a change becomes a method of [`Tx`] and
//!    takes `now`.
//! 2. Write the SQL once, with `$1` placeholders, so that both databases take it. Build it from
//!    constants only (`format!` with `Row::COLUMNS` and the like): values go in by `args![…]`.
//! 3. Run it by `fetch`, `fetch_optional`, `fetch_one`, `execute` or `insert`.
//! 4. What cannot be the same on both goes into `dialect.rs`, and nowhere else.
//! 5. A worker's write takes its [`Fence`] and begins with [`Tx::hold`].
//! 6. Add a test under `tests/contract`: `on_both_databases!` runs it on both.
//!
//! # To add a table or column
//! 1. Add the next migration, with the same number and name, to `migrations/sqlite` and
//!    `migrations/postgres`. Never change one that was released. Types:
//!
//!    | Rust | SQLite (STRICT) | PostgreSQL |
//!    |---|---|---|
//!    | typed id | `BLOB` | `UUID` |
//!    | `Timestamp` (microseconds), integers | `INTEGER` | `BIGINT` |
//!    | `bool` | `INTEGER` | `BOOLEAN` |
//!    | text, enums, JSON | `TEXT` | `TEXT` (`COLLATE "C"` where it is ordered by) |
//!    | hashes, bytes | `BLOB` | `BYTEA` |
//! 2. Write its row with `row!`: fields are columns, in the same names and order. A type that is
//!    new to the store gets its `Column` in `columns.rs`.
//! 3. `tests/contract/migrations.rs` compares both databases table by table, and wants a row in the
//!    new table that the later migrations carry over.

mod api_tokens;
mod attach;
mod attempts;
mod audit;
mod backup;
mod blobs;
mod budgets;
mod calibration;
mod call_holds;
mod chat_at;
mod checks;
mod columns;
mod db;
mod dead_letters;
mod dialect;
mod error;
mod events;
mod faults;
mod files;
mod generations;
mod head;
mod health;
mod invites;
mod journal;
mod keys;
mod leases;
mod links;
mod manifest;
mod members;
mod messages;
mod model_prices;
mod open;
mod page;
mod projects;
mod queue;
mod sandboxes;
mod second_factors;
mod sessions;
mod settings;
mod sql;
mod suggestions;
#[cfg(feature = "testing")]
pub mod testing;
mod upkeep;
mod usage;
mod usage_report;
mod user_admin;
mod users;
mod vault;
mod versions;

pub use api_tokens::ApiToken;
pub use attempts::Attempt;
pub use audit::{AuditEntry, AuditFilter, ListedAuditEntry};
pub use backup::SqliteFile;
pub use blobs::blob_hash;
pub use budgets::{Balance, BudgetLimits, Purse, Reserved};
pub use chat_at::Seqs;
pub use checks::SmokeRow;
pub use db::{Conn, Db, Reader, Tx};
pub use dead_letters::{DeadLetter, DeadLetterFilter, ListedDeadLetter};
pub use dialect::Backend;
pub use error::StoreError;
pub use events::{Event, NewEvent};
pub use faults::{Broken, DiskFault};
pub use files::{Applied, File, FileChange, FileMeta};
pub use generations::{Generation, NewGeneration, Outcome};
pub use health::TurnCounts;
pub use invites::Invite;
pub use journal::{Append, JournalEntry};
pub use keys::{Key, Sealed};
pub use leases::Fence;
pub use links::{Link, TokenHash};
pub use manifest::{Manifest, ManifestDiff, ManifestEntry};
pub use members::Member;
pub use messages::{Direction, Message, MessageImage, MessageImages, NewMessage};
pub use model_prices::ModelPrice;
pub use page::{Cursor, MOST_PER_PAGE, Page};
pub use projects::{MyProject, NewProject, Project, ProjectChange, ProjectFilter};
pub use queue::Queued;
pub use sandboxes::{ListedSandbox, Sandbox, SandboxRan, SandboxTime};
pub use second_factors::{PendingSignIn, SecondFactor};
pub use sessions::Session;
pub use suggestions::Suggestion;
pub use usage::{NaiveTotals, Usage, UsageTotals};
pub use usage_report::{
    DayAndModel, KindOfStep, ProviderModel, SpentKey, SpentProject, SpentUser, UsageBy,
    UsageFilter, UsageKey, UsageLine, UsageNames,
};
pub use user_admin::UserFilter;
pub use users::{PasswordHash, User};
pub use vault::{SealedSecret, SealedTable};
pub use versions::{NewVersion, Version};

/// What the store's calls give.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
