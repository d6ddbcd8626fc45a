//! The binary is killed while it works, and nothing is lost. `cargo xtask bench crash` does the same for longer.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::PathBuf;

use qv_store::Backend;
use qv_testkit::bench::crash::{self, Options};
use qv_testkit::bench::meant::Pace;

async fn killed(backend: Backend, kills: u32) {
    let options = Options {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_quickvibe")),
        kills,
        streams: 6,
        backend,
        seed: 7,
        pace: Pace { lines: 25, piece: 32, between_ms: 30 },
    };
    let report = crash::run(&options).await.unwrap();
    report.print(&options);
    assert!(report.passed(), "see what was found above");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_on_sqlite() {
    killed(Backend::Sqlite, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_kills_on_postgres() {
    killed(Backend::Postgres, 5).await;
}
