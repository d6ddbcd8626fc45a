use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::faults::Faults;
use crate::upkeep::Upkeep;
use crate::{Backend, Fence, Result, open};

/// The database. Cheap to clone; every clone shares the same connections.
///
/// Reads start with [`Db::read`], writes with [`Db::begin`]; both give access to every look-up of
/// [`Conn`].
#[derive(Debug, Clone)]
pub struct Db {
    pub(crate) pools: Pools,
    pub(crate) faults: Faults,
    /// Where it is, for people.
    pub(crate) place: Arc<str>,
    pub(crate) upkeep: Option<Upkeep>,
}

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    /// SQLite has one writer at a time anyway: queueing for it here, in order, never meets its
    /// busy handler.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// `url` is `sqlite` (the file `quickvibe.db` in `data_dir`, made when missing),
    /// `sqlite:<path>`, or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Setup`](crate::StoreError::Setup) says what is wrong with the address, the
    /// folder, SQLite's version or the tables that are there; `Unavailable` that nobody answers.
    pub async fn open(url: &str, data_dir: &Path) -> Result<Self> {
        open::open(url, data_dir).await
    }

    /// Which database this is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// Where it is, for people: `the database /data/quickvibe.db`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// A connection for look-ups.
    ///
    /// # Errors
    /// `Unavailable` when none comes free in time.
    pub async fn read(&self) -> Result<Reader> {
        let kind = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.acquire().await.map(Kind::Sqlite),
            Pools::Postgres(pool) => pool.acquire().await.map(Kind::Postgres),
        };
        Ok(Reader(Conn { kind: self.faults.heard(kind)?, faults: self.faults.clone() }))
    }

    /// Starts a transaction. Dropping it undoes it; only [`Tx::commit`] keeps what it did.
    ///
    /// On SQLite everyone else who wants to write waits until it ends: never wait for a model, a
    /// network or a person inside one.
    ///
    /// # Errors
    /// `Unavailable` when the writer does not come free in time; `Disk` ever after the disk has failed.
    pub async fn begin(&self) -> Result<Tx> {
        self.faults.check()?;
        let begin = self.backend().begin();
        let kind = match &self.pools {
            Pools::Sqlite { writer, .. } => writer.begin_with(begin).await.map(Kind::SqliteTx),
            Pools::Postgres(pool) => pool.begin_with(begin).await.map(Kind::PostgresTx),
        };
        let conn = Conn { kind: self.faults.heard(kind)?, faults: self.faults.clone() };
        Ok(Tx { conn, upkeep: self.upkeep.clone(), held: None })
    }

    /// Asks the database for an answer: what readiness means.
    ///
    /// # Errors
    /// `Unavailable` when it gives none; `Disk` when it would keep nothing.
    pub async fn ping(&self) -> Result<()> {
        self.faults.check()?;
        self.read().await?.fetch_one::<(i64,)>("SELECT CAST(1 AS BIGINT)", vec![]).await?;
        Ok(())
    }

    /// The database's own name and version, for people: `SQLite 3.51.3`.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer.
    pub async fn version(&self) -> Result<String> {
        let (name, sql) = self.backend().name_and_version();
        let (version,): (String,) = self.read().await?.fetch_one(sql, vec![]).await?;
        Ok(format!("{name} {version}"))
    }

    /// Finishes what is under way and closes all connections. After the disk has failed SQLite's are left as
    /// they are: its write-ahead log must outlive the process.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                // Closing folds the log as well, but keeps silent about a disk that did not take it.
                if self.faults.check().is_ok() {
                    let _ = self.fold_what_is_free().await;
                }
                if self.faults.check().is_err() {
                    return self.leave_open().await;
                }
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection: what every look-up is a method of, whether in a [`Reader`] or a [`Tx`].
#[derive(Debug)]
pub struct Conn {
    kind: Kind,
    pub(crate) faults: Faults,
}

#[derive(Debug)]
enum Kind {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    SqliteTx(Transaction<'static, Sqlite>),
    PostgresTx(Transaction<'static, Postgres>),
}

pub(crate) enum Link<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    pub(crate) const fn backend(&self) -> Backend {
        match &self.kind {
            Kind::Sqlite(_) | Kind::SqliteTx(_) => Backend::Sqlite,
            Kind::Postgres(_) | Kind::PostgresTx(_) => Backend::Postgres,
        }
    }

    pub(crate) fn link(&mut self) -> Link<'_> {
        match &mut self.kind {
            Kind::Sqlite(conn) => Link::Sqlite(&mut *conn),
            Kind::Postgres(conn) => Link::Postgres(&mut *conn),
            Kind::SqliteTx(tx) => Link::Sqlite(&mut *tx),
            Kind::PostgresTx(tx) => Link::Postgres(&mut *tx),
        }
    }
}

/// A connection for look-ups only.
#[derive(Debug)]
pub struct Reader(Conn);

impl Deref for Reader {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// A transaction: every change is a method of it, and all of them happen together or not at all.
/// Look-ups inside it see its own changes.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    upkeep: Option<Upkeep>,
    /// The fence that this transaction has proven already.
    pub(crate) held: Option<Fence>,
}

impl Tx {
    /// Keeps everything that was done.
    ///
    /// # Errors
    /// When the database could not make it durable: then nothing was kept.
    pub async fn commit(self) -> Result<()> {
        let Self { conn: Conn { kind, faults }, upkeep, .. } = self;
        faults.check()?;
        // A task of its own: what the disk says must be heard even when the caller is gone by then.
        let committed = tokio::spawn(async move {
            let said = match kind {
                Kind::SqliteTx(tx) => tx.commit().await,
                Kind::PostgresTx(tx) => tx.commit().await,
                // `Db::begin` makes none of these.
                Kind::Sqlite(_) | Kind::Postgres(_) => Ok(()),
            };
            faults.heard(said)?;
            if let Some(upkeep) = upkeep {
                upkeep.committed(faults);
            }
            Ok(())
        });
        // It neither panics nor is cancelled, unless the whole runtime ends.
        committed.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
