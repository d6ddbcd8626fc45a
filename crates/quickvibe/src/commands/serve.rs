use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use qv_engine::{Engine, SystemEnv};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::fault::Fault;
use crate::{output, telemetry};

/// How long running turns may take to end after a signal.
const GRACE: Duration = Duration::from_secs(20);

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on.
    #[arg(long)]
    host: Option<IpAddr>,
    /// The port to listen on.
    #[arg(long)]
    port: Option<u16>,
    /// The folder for everything that is kept.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Open the browser.
    #[arg(long)]
    open: bool,
}

pub(crate) async fn run(serve: Serve) -> Result<ExitCode, Fault> {
    let mut settings = Settings::load(serve.data.as_deref())?;
    settings.host = serve.host.unwrap_or(settings.host);
    settings.port = serve.port.unwrap_or(settings.port);
    telemetry::start(&settings)?;
    let address = (settings.host, settings.port);
    let listener = TcpListener::bind(address).await.map_err(|source| Fault::Listen {
        address: format!("{}:{}", settings.host, settings.port),
        source,
    })?;
    let port = listener.local_addr().map_or(settings.port, |address| address.port());
    let engine = Engine::start(settings.engine(), Arc::new(SystemEnv)).await?;
    let site = site(&settings, port);
    let link = engine.owner_link().await?;
    let url = link.map_or_else(
        || format!("{site}/"),
        |token| format!("{site}/setup#token={}", token.expose()),
    );
    output::line(&format!(
        "QuickVibe {} is ready.\n\n  Open  {url}\n  Data  {}\n",
        env!("CARGO_PKG_VERSION"),
        settings.data.display()
    ));
    if serve.open && webbrowser::open(&url).is_err() {
        output::note("No browser could be opened: open the link above yourself.");
    }
    let stopping = engine.stopping();
    watch_signals(stopping.clone())?;
    let served = qv_server::serve(listener, engine.clone(), settings.server(), stopping).await;
    served.map_err(|source| Fault::Start { what: "the server", source })?;
    engine.stop(GRACE).await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// The address to open on this machine.
fn site(settings: &Settings, port: u16) -> String {
    match &settings.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None if settings.host.is_loopback() || settings.host.is_unspecified() => {
            format!("http://localhost:{port}")
        }
        None => format!("http://{}", std::net::SocketAddr::new(settings.host, port)),
    }
}

/// The first signal stops in good order, the second at once.
fn watch_signals(stopping: CancellationToken) -> Result<(), Fault> {
    let listen = |kind| {
        signal(kind).map_err(|source| Fault::Start { what: "listening for signals", source })
    };
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if first {
                output::note(
                    "Stopping: running turns have 20 seconds. Press Ctrl+C again to stop at once.",
                );
                stopping.cancel();
            } else {
                std::process::exit(130);
            }
        }
    });
    Ok(())
}
