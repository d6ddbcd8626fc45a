use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use qv_engine::{Client, Engine, SystemEnv};
use qv_wire::ProviderState;
use tokio::net::TcpListener;

use crate::config::Settings;
use crate::fault::Fault;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The data folder to look at.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// What a look at one thing came to.
enum Finding {
    Good(String),
    /// Works, but could be better.
    Hint(String),
    Bad(String),
}

pub(crate) async fn run(doctor: Doctor) -> Result<ExitCode, Fault> {
    let settings = Settings::load(doctor.data.as_deref())?;
    let mut findings = vec![Finding::Good(format!(
        "Configuration is valid; data is kept in {}.",
        settings.data.display()
    ))];
    findings.push(port(&settings).await);
    findings.extend(sandboxes(&settings));
    let mut config = settings.engine();
    config.visitor = true;
    match Engine::start(config, Arc::new(SystemEnv)).await {
        Ok(engine) => {
            let kind =
                if settings.database_url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
            findings.push(Finding::Good(format!(
                "{kind} opens and is up to date; the master key can be read."
            )));
            findings.extend(inside(&engine).await?);
            engine.stop(std::time::Duration::from_secs(1)).await;
        }
        Err(error) => findings.push(Finding::Bad(error.for_operator())),
    }
    let mut bad = false;
    for finding in findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok  ", text),
            Finding::Hint(text) => ("hint", text),
            Finding::Bad(text) => {
                bad = true;
                ("BAD ", text)
            }
        };
        output::line(&format!("{mark}  {text}"));
    }
    Ok(if bad { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Whether this host can isolate what runs on it. Only the server tries it; this looks.
#[cfg(target_os = "linux")]
fn sandboxes(settings: &Settings) -> Vec<Finding> {
    use qv_engine::Standing;
    if !settings.local_sandboxes {
        return vec![Finding::Hint("Sandboxes on this host are turned off.".to_owned())];
    }
    let told = qv_engine::isolation().checks.into_iter().map(|check| {
        let remedy = check.remedy.map(|remedy| format!(" {remedy}")).unwrap_or_default();
        let text = format!("Sandboxes: {}: {}.{remedy}", check.name, check.found);
        match check.standing {
            Standing::Good => Finding::Good(text),
            // Without sandboxes every app in the browser works.
            Standing::Weaker | Standing::Missing => Finding::Hint(text),
        }
    });
    told.collect()
}

#[cfg(not(target_os = "linux"))]
fn sandboxes(_settings: &Settings) -> Vec<Finding> {
    vec![Finding::Hint(
        "Sandboxes on the server need Linux; apps in the browser do not.".to_owned(),
    )]
}

async fn port(settings: &Settings) -> Finding {
    match TcpListener::bind((settings.host, settings.port)).await {
        Ok(_) => Finding::Good(format!("Port {} is free.", settings.port)),
        Err(error) => Finding::Hint(format!(
            "Port {} cannot be used now ({error}). If that is QuickVibe itself, all is well; else set QUICKVIBE_PORT.",
            settings.port
        )),
    }
}

async fn inside(engine: &Arc<Engine>) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    findings.push(match engine.starters().items.len() {
        0 => Finding::Bad(
            "The starters are missing from this build. Build it by `cargo xtask run`.".to_owned(),
        ),
        count => Finding::Good(format!("{count} starters are built in.")),
    });
    findings.push(match engine.embedded_packages() {
        0 => Finding::Bad("The starters' npm packages are missing from this build. Build it by `cargo xtask run`.".to_owned()),
        count => Finding::Good(format!("{count} npm packages are built in: the first app needs no network.")),
    });
    findings.push(match engine.try_browser().await {
        Ok(version) => Finding::Good(format!("Apps are looked at with {version} after each step.")),
        // Without one, apps are compiled, and open previews tell what they see.
        Err(why) => Finding::Hint(why),
    });
    if engine.needs_setup().await? {
        findings.push(Finding::Hint(
            "Nobody owns this instance yet: `quickvibe serve` prints a link.".to_owned(),
        ));
        return Ok(findings);
    }
    let actor = engine
        .operator(Client { user_agent: Some("quickvibe doctor".to_owned()), ..Client::default() })
        .await?;
    let models = engine.refresh_models(&actor).await?;
    let mut connected = false;
    for provider in models.providers {
        match provider.state {
            ProviderState::Connected => {
                connected = true;
                findings.push(Finding::Good(format!("{}: {}", provider.label, provider.note)));
            }
            ProviderState::Failing => {
                findings.push(Finding::Bad(format!("{}: {}", provider.label, provider.note)));
            }
            ProviderState::NotConnected => {}
        }
    }
    if !connected {
        findings.push(Finding::Hint(
            "No model is connected: the starters answer. Start Ollama, LM Studio or llama-server, or set a key such as ANTHROPIC_API_KEY.".to_owned(),
        ));
    }
    engine.logout(&actor).await?;
    Ok(findings)
}
