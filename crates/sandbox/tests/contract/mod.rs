//! What every engine does. A test file has `#[macro_use] mod contract;`, a [`Fixture`] of its engine, a function that runs a [`Case`]
//! with it, and `contract!(that_function);` in a module: that makes one test of each case.
//!
//! Cases know nothing of an engine but the trait. They expect `sh`, the usual small tools and `node` in a sandbox.

pub(crate) mod commands;
pub(crate) mod files;
pub(crate) mod lives;
pub(crate) mod services;
pub(crate) mod terminals;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use qv_domain::SandboxId;
use qv_sandbox::{
    Command, Egress, ExecEvent, Execution, Exit, FileWrite, Output, ResourceLimits, Result,
    SandboxEngine, SandboxSpec,
};
use tokio::time::timeout;

/// An engine to be tested.
pub(crate) trait Fixture: Send + Sync {
    /// The engine.
    fn engine(&self) -> &dyn SandboxEngine;

    /// A number that no other spec of this test has.
    fn next(&self) -> u32;

    /// What a new sandbox is to be.
    fn spec(&self) -> SandboxSpec {
        let id = format!("01890000-0000-7000-8000-{:012x}", self.next());
        SandboxSpec {
            id: id.parse().unwrap(),
            limits: ResourceLimits {
                memory_bytes: 512 << 20,
                disk_bytes: 256 << 20,
                ..ResourceLimits::default()
            },
            egress: Egress::None,
            packages: None,
            env: vec![("GREETING".into(), "hello".into())],
        }
    }
}

/// One thing that every engine does.
pub(crate) type Case = for<'a> fn(&'a dyn Fixture) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Makes a test of each case. The function gets the test's name and the case.
macro_rules! contract {
    ($run:path) => {
        contract!($run, lives: [
            a_sandbox_is_made_and_told_of,
            an_id_is_taken_once,
            what_is_not_there_is_not_found,
            a_stopped_sandbox_keeps_files_and_ends_processes,
            a_stopped_sandbox_runs_nothing,
            stopping_resuming_and_deleting_twice_do_nothing,
            eight_sandboxes_work_at_once,
            a_shut_down_engine_keeps_files,
        ]);
        contract!($run, files: [
            files_are_written_read_and_removed,
            folders_are_listed_by_name,
            what_cannot_be_read_is_told,
            a_sandbox_sees_what_is_written_and_the_other_way_round,
            a_link_is_never_followed,
        ]);
        contract!($run, commands: [
            output_and_exit_are_told,
            a_signal_is_told,
            variables_and_folders_are_set,
            an_unknown_program_is_an_invalid_spec,
            input_is_read,
            a_command_over_its_time_is_killed,
            output_over_its_limit_is_not_handed_on,
            whoever_does_not_read_holds_it_back,
            a_dropped_command_ends_with_all_that_it_started,
            a_command_that_ends_takes_along_what_it_started,
            an_asked_command_ends,
            a_command_that_does_not_listen_is_killed,
            sixteen_commands_run_at_once,
        ]);
        contract!($run, terminals: [a_terminal_has_a_size_and_can_be_resized]);
        contract!($run, services: [
            a_service_is_reached,
            a_service_that_ends_early_tells_its_last_words,
            a_service_that_does_not_listen_is_late,
            a_dropped_service_ends,
            nothing_answers_where_nothing_listens,
        ]);
    };
    ($run:path, $module:ident: [$($case:ident,)*]) => {
        contract!($run, $module: [$($case),*]);
    };
    ($run:path, $module:ident: [$($case:ident),*]) => {$(
        #[test]
        fn $case() {
            let name = concat!(module_path!(), "::", stringify!($case));
            $run(name, |fixture| Box::pin($crate::contract::$module::$case(fixture)));
        }
    )*};
}

/// Makes a sandbox; gives its id.
pub(crate) async fn create(fixture: &dyn Fixture) -> SandboxId {
    let spec = fixture.spec();
    let id = spec.id;
    fixture.engine().create(spec).await.unwrap();
    id
}

/// A command of the shell.
pub(crate) fn sh(script: &str) -> Command {
    Command::new(["sh", "-c", script])
}

/// Runs a script of the shell to its end.
pub(crate) async fn run(
    fixture: &dyn Fixture,
    id: SandboxId,
    script: &str,
) -> (String, String, Exit) {
    finish(fixture.engine().exec(id, sh(script)).await.unwrap()).await
}

/// Reads a command to its end.
pub(crate) async fn finish(execution: Execution) -> (String, String, Exit) {
    let (out, err, exit) = timeout(Duration::from_secs(60), execution.collect()).await.unwrap();
    (String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned(), exit)
}

/// Reads a command until it has written this; gives everything until then.
pub(crate) async fn until(execution: &mut Execution, text: &str) -> String {
    let mut all = String::new();
    while !all.contains(text) {
        let event = timeout(Duration::from_secs(20), execution.events.recv()).await;
        match event {
            Ok(Some(ExecEvent::Output(Output::Stdout | Output::Stderr, bytes))) => {
                all.push_str(&String::from_utf8_lossy(&bytes));
            }
            other => panic!("{other:?} instead of {text:?} after {all:?}"),
        }
    }
    all
}

/// Writes one file.
pub(crate) async fn write(
    fixture: &dyn Fixture,
    id: SandboxId,
    path: &str,
    text: &str,
) -> Result<()> {
    let file = FileWrite { path: path.parse().unwrap(), content: Some(text.as_bytes().into()) };
    fixture.engine().write_files(id, vec![file]).await
}

/// Reads a file of at most a megabyte.
pub(crate) async fn read(fixture: &dyn Fixture, id: SandboxId, path: &str) -> Result<String> {
    let bytes = fixture.engine().read_file(id, &path.parse().unwrap(), 1 << 20).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Waits until a script of the shell says yes.
pub(crate) async fn eventually(fixture: &dyn Fixture, id: SandboxId, script: &str) {
    for _ in 0..200 {
        if run(fixture, id, script).await.2.success() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {script}");
}
