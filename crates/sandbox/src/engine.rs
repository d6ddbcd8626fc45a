use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use qv_domain::{EngineKind, FilePath, SandboxId};

use crate::{
    Command, Entry, Execution, FileWrite, PreviewTarget, Result, SandboxSpec, SandboxStatus,
    SandboxUsage,
};

/// Something that runs sandboxes. Shared as an `Arc`; every call may be made from many tasks at once.
///
/// Whatever fails half-way is undone: after an error of [`create`](Self::create) nothing is left running. A call about
/// a sandbox that the engine does not know is [`crate::SandboxError::NotFound`]; one about a stopped sandbox, where it
/// must run, is [`crate::SandboxError::Conflict`].
#[async_trait]
pub trait SandboxEngine: fmt::Debug + Send + Sync {
    /// Which engine this is.
    fn kind(&self) -> EngineKind;

    /// Makes a sandbox and starts it. Its project folder is empty but for what the template brings.
    ///
    /// # Errors
    /// `Quota` when the engine has no room, `InvalidSpec` when it could never run this, `Conflict` when the id is taken.
    async fn create(&self, spec: SandboxSpec) -> Result<()>;

    /// Writes and removes files of the project folder, each whole; folders are made. The sandbox may be stopped.
    ///
    /// # Errors
    /// `Quota` when the disk is full.
    async fn write_files(&self, id: SandboxId, files: Vec<FileWrite>) -> Result<()>;

    /// A file's content, at most `most` bytes.
    ///
    /// # Errors
    /// `NotFound` when there is no regular file, `Quota` when it is longer.
    async fn read_file(&self, id: SandboxId, path: &FilePath, most: u64) -> Result<Bytes>;

    /// What is in a folder of the project (`None`: the project folder itself), by name; at most 10,000 entries.
    ///
    /// # Errors
    /// `NotFound` when there is no such folder.
    async fn list(&self, id: SandboxId, folder: Option<&FilePath>) -> Result<Vec<Entry>>;

    /// Runs a command. It ends when its [`Execution`] is dropped.
    ///
    /// # Errors
    /// `InvalidSpec` when there is no such program.
    async fn exec(&self, id: SandboxId, command: Command) -> Result<Execution>;

    /// Runs a command that serves on `port`, and returns when it takes connections. Its time limit is how long that may
    /// take; afterwards it runs until its [`Execution`] is dropped or the sandbox stops.
    ///
    /// # Errors
    /// `Timeout` when nothing listens in time, `Ended` with the last output when the command ends before.
    async fn start_service(&self, id: SandboxId, command: Command, port: u16) -> Result<Execution>;

    /// How to reach what listens on a port of the sandbox.
    ///
    /// # Errors
    /// When the sandbox does not run.
    async fn preview(&self, id: SandboxId, port: u16) -> Result<PreviewTarget>;

    /// Ends everything that runs in it and keeps its files. Stopping what is stopped does nothing.
    ///
    /// # Errors
    /// When the engine cannot be reached; then the sandbox may still run.
    async fn stop(&self, id: SandboxId) -> Result<()>;

    /// Starts a stopped sandbox with its files; services are not started again. One that runs is left alone.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    async fn resume(&self, id: SandboxId) -> Result<()>;

    /// Ends it and removes its files. Deleting what is gone does nothing.
    ///
    /// # Errors
    /// When the engine cannot be reached; then it may still run.
    async fn delete(&self, id: SandboxId) -> Result<()>;

    /// How it is.
    ///
    /// # Errors
    /// `NotFound`.
    async fn status(&self, id: SandboxId) -> Result<SandboxStatus>;

    /// What it uses now.
    ///
    /// # Errors
    /// `NotFound`.
    async fn usage(&self, id: SandboxId) -> Result<SandboxUsage>;

    /// Whether a sandbox that is made with this set of packages has them at once. Engines that keep none say yes: there is
    /// nothing to be done about it.
    async fn has_packages(&self, set: &str) -> bool {
        let _ = set;
        true
    }

    /// Keeps sandboxes started that serve specs like these, whatever their ids and environments, and no others: a
    /// [`create`](Self::create) then takes one at once. Engines that cannot do that do nothing.
    async fn keep_started(&self, specs: Vec<SandboxSpec>) {
        let _ = specs;
    }

    /// Keeps the packages that are installed in a sandbox, under the name of their set, for sandboxes that are made later
    /// ([`SandboxSpec::packages`]). Engines that cannot do that keep nothing. Whoever calls it answers for what is in
    /// there: nothing but an install has run in the sandbox.
    ///
    /// # Errors
    /// When they cannot be kept.
    async fn keep_packages(&self, id: SandboxId, set: &str) -> Result<()> {
        let _ = (id, set);
        Ok(())
    }

    /// Every sandbox that the engine has of ours, running or stopped: to find those that nobody knows any more.
    ///
    /// # Errors
    /// When the engine cannot be reached.
    async fn sandboxes(&self) -> Result<Vec<SandboxId>>;

    /// Ends every sandbox that runs, as at a stop of the server; files are kept.
    async fn shut_down(&self);
}
