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

/// How long requests may take to be answered once no more are taken.
const LAST_ANSWERS: Duration = Duration::from_millis(1_500);

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
    let engine = Engine::start(settings.engine(), Arc::new(SystemEnv)).await?;
    let lived = live(&engine, listener, &settings, serve.open).await;
    engine.close().await;
    if let Some(message) = engine.fault() {
        return Err(Fault::Disk(message));
    }
    lived?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Serves until a signal comes, then lets running turns end while requests still work, and closes the door last. Ends
/// at once when the disk fails.
async fn live(
    engine: &Arc<Engine>,
    listener: TcpListener,
    settings: &Settings,
    open: bool,
) -> Result<(), Fault> {
    let port = listener.local_addr().map_or(settings.port, |address| address.port());
    watch_signals(engine.stopping(), settings.stop_seconds)?;
    let closing = CancellationToken::new();
    let served = qv_server::serve(listener, engine.clone(), settings.server(), closing.clone());
    tokio::pin!(served);
    let failed = |source| Fault::Start { what: "the server", source };
    welcome(engine, settings, port, open).await?;
    let drained = async {
        engine.stopping().cancelled().await;
        engine.drain(Duration::from_secs(settings.stop_seconds.into())).await;
    };
    tokio::select! {
        biased;
        () = engine.broken() => engine.stopping().cancel(),
        served = &mut served => return served.map_err(failed),
        () = drained => {}
    }
    closing.cancel();
    if let Ok(served) = tokio::time::timeout(LAST_ANSWERS, served).await {
        return served.map_err(failed);
    }
    tracing::warn!("some requests were not answered in time");
    Ok(())
}

/// Says where to go.
async fn welcome(engine: &Engine, settings: &Settings, port: u16, open: bool) -> Result<(), Fault> {
    let site = settings.site(port);
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
    if open && webbrowser::open(&url).is_err() {
        output::note("No browser could be opened: open the link above yourself.");
    }
    Ok(())
}

/// The first signal stops in good order, the second at once.
fn watch_signals(stopping: CancellationToken, seconds: u32) -> Result<(), Fault> {
    let listen = |kind| {
        signal(kind).map_err(|source| Fault::Start { what: "listening for signals", source })
    };
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        loop {
            let number = tokio::select! {
                _ = terminate.recv() => SignalKind::terminate(),
                _ = interrupt.recv() => SignalKind::interrupt(),
            };
            if stopping.is_cancelled() {
                // As shells report a program that a signal ended.
                std::process::exit(128 + number.as_raw_value());
            }
            output::note(&format!(
                "Stopping: running turns have {seconds} seconds. Press Ctrl+C again to stop at once."
            ));
            stopping.cancel();
        }
    });
    Ok(())
}
