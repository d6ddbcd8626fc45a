//! The project's own tasks: `cargo xtask run`, `test`, `bench`, `check`, `gen`, `tidy`, `screenshots`.
//!
//! Whatever a task needs it installs itself and says so: npm packages by their lock files, and for
//! tests Debian's Chromium, PostgreSQL and strace.

mod asvs;
mod bench;
mod build;
mod database;
mod generate;
mod hostile;
mod install;
mod scan;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use shell::{Failure, Shell};

#[derive(Parser)]
#[command(about = "Runs, tests, measures and checks QuickVibe.")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and serve on http://localhost:4173 with data in ./data.
    Run {
        /// Passed on to `quickvibe serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check and test.
    Test {
        /// Only what can be told from the sources: format, lints, tidy, generated files.
        #[arg(long)]
        lint: bool,
        /// Also against real model servers (downloads about 170 MB).
        #[arg(long)]
        models: bool,
    },
    /// Measure; without a name, list what can be measured.
    Bench {
        /// Which.
        name: Option<String>,
        /// Passed on to the bench.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check something by name.
    Check {
        /// What.
        #[arg(value_enum)]
        what: Check,
        /// Passed on to the scanner's script.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Write the files that are generated from the code.
    Gen {
        /// Only tell whether they are fresh.
        #[arg(long)]
        check: bool,
    },
    /// Check the direction of crates, file sizes and generated files.
    Tidy,
    /// Take the screenshots under docs/screenshots.
    Screenshots,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Check {
    /// Which security requirements of docs/asvs.md have a test.
    Asvs,
    /// What hostile programs can do in a sandbox of this host.
    Hostile,
    /// What schemathesis finds by the API's document: [EXAMPLES of each operation].
    Api,
    /// What sqlmap finds on parameters and fields: [LEVEL 1 to 5].
    Injection,
    /// What wapiti finds on the pages.
    Pages,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            shell::say(&format!("failed: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let shell = Shell::at_root()?;
    match Arguments::parse().task {
        Task::Run { arguments } => build::run(&shell, &arguments),
        Task::Test { lint, models } => test::run(&shell, lint, models),
        Task::Bench { name, arguments } => bench::run(&shell, name.as_deref(), &arguments),
        Task::Check { what, arguments } => match what {
            Check::Asvs => asvs::run(&shell),
            Check::Hostile => hostile::run(&shell),
            Check::Api => scan::run(&shell, &scan::SCHEMATHESIS, &arguments),
            Check::Injection => scan::run(&shell, &scan::SQLMAP, &arguments),
            Check::Pages => scan::run(&shell, &scan::WAPITI, &arguments),
        },
        Task::Gen { check } => generate::run(&shell, check),
        Task::Tidy => tidy::run(&shell),
        Task::Screenshots => bench::screenshots(&shell),
    }
}
