//! Serves the stand-in for Daytona on the loopback interface, so that other programs can be tried against it. It runs
//! commands without isolation: for tests alone.

use std::io::Write as _;

use qv_daytona_fake::{Fake, Settings};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let fake = Fake::start_on(Settings::default(), port).await?;
    let told = format!("{{\"url\":\"{}\",\"key\":\"{}\"}}\n", fake.url(), fake.key());
    std::io::stdout().write_all(told.as_bytes())?;
    std::io::stdout().flush()?;
    tokio::signal::ctrl_c().await
}
