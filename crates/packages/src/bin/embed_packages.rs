//! `cargo run -p qv-packages --bin embed-packages -- --from starters/node_modules --sources starters
//! --out crates/packages/embedded`: fills the folder that the binary embeds.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use qv_packages::embed::{Options, embed};

/// Bundles the starters' packages into the folder that the binary embeds.
#[derive(Parser)]
struct Arguments {
    /// An installed `node_modules`; may be given several times, the first that has a package wins.
    #[arg(long, required = true)]
    from: Vec<PathBuf>,
    /// A folder whose sources say which exports are used most.
    #[arg(long)]
    sources: Vec<PathBuf>,
    /// The folder to fill.
    #[arg(long)]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Arguments { from, sources, out } = arguments;
    match Box::pin(embed(&Options { from, sources, out })).await {
        Ok(report) => {
            if !report.made {
                println!("nothing has changed: {} files stay", report.files.len());
                return ExitCode::SUCCESS;
            }
            for (file, size) in &report.files {
                println!("{size:>9}  {file}");
            }
            println!(
                "{:>9}  in all, for {} packages",
                report.files.values().sum::<u64>(),
                report.packages.len()
            );
            for line in &report.left_out {
                println!("left out: {line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("embed-packages: {error}");
            ExitCode::FAILURE
        }
    }
}
