mod audit;
mod budget;
mod keys;
mod link;
mod price;
mod usage;
mod user;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use qv_domain::DeadLetterId;
use qv_engine::{DeadLetterQuery, Maintenance, SystemEnv};
use qv_wire::DeadLetter;

use crate::config::Settings;
use crate::fault::Fault;
use crate::output;

/// Rows that are read at a time.
const PAGE: u32 = 200;
const PROMPT_CHARS: usize = 60;

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Turns that failed for good: list them, try one again, or leave one.
    DeadLetters(DeadLetters),
    /// Accounts: list them, suspend one, let one in again, say who administers.
    User(user::User),
    /// Print a link that makes one account.
    Invite(link::Invite),
    /// Print a link that sets a user's password.
    ResetLink(link::ResetLink),
    /// Who did what: sign-ins, keys, limits, prices, exports, commands.
    Audit(audit::Audit),
    /// What everybody's turns took, in tokens and money.
    Usage(usage::Usage),
    /// What a user may spend in a month: show it, or set it.
    Budget(budget::Budget),
    /// Prices of models that go before the list that QuickVibe brings.
    Price(price::Price),
    /// Put a new master key in the place of the present one, also while the server runs.
    RotateMasterKey(keys::RotateMasterKey),
    /// Save a new key for a provider, read from standard input, in the place of the one before.
    RotateKey(keys::RotateKey),
    /// Refuse the passwords of this file from now on: one a line, as SHA-1 (the form of Pwned Passwords) or in clear.
    ImportBreached(ImportBreached),
}

impl Admin {
    fn data(&self) -> Option<&Path> {
        match self {
            Self::DeadLetters(letters) => letters.data.as_deref(),
            Self::User(user) => user.data.as_deref(),
            Self::Invite(invite) => invite.data.as_deref(),
            Self::ResetLink(reset) => reset.data.as_deref(),
            Self::Audit(audit) => audit.data.as_deref(),
            Self::Usage(usage) => usage.data.as_deref(),
            Self::Budget(budget) => budget.data.as_deref(),
            Self::Price(price) => price.data.as_deref(),
            Self::RotateMasterKey(rotate) => rotate.data.as_deref(),
            Self::RotateKey(rotate) => rotate.data.as_deref(),
            Self::ImportBreached(import) => import.data.as_deref(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ImportBreached {
    /// The file; its passwords take the place of those that were imported before.
    file: PathBuf,
    /// The server's data folder.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DeadLetters {
    #[command(subcommand)]
    act: Option<Act>,
    /// The server's data folder.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Print JSON, one line each.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List them, the newest first.
    List {
        /// Also those about which somebody has decided.
        #[arg(long)]
        all: bool,
    },
    /// Put its message back into the queue: a server that runs takes it within seconds.
    Retry {
        /// Its id, from the list.
        id: DeadLetterId,
    },
    /// Leave it as it is.
    Discard {
        /// Its id, from the list.
        id: DeadLetterId,
    },
}

pub(crate) async fn run(admin: Admin) -> Result<ExitCode, Fault> {
    let settings = Settings::load(admin.data())?;
    // It needs the data folder and nothing of the database.
    if let Admin::ImportBreached(import) = &admin {
        return import_breached(&settings, import).await;
    }
    let maintenance = Maintenance::open(&settings.engine(), Arc::new(SystemEnv)).await?;
    let done = match admin {
        Admin::DeadLetters(letters) => dead_letters(&maintenance, &letters).await,
        Admin::User(user) => user::run(&maintenance, &user).await,
        Admin::Invite(invite) => link::invite(&maintenance, &settings, &invite).await,
        Admin::ResetLink(reset) => link::reset(&maintenance, &settings, &reset).await,
        Admin::Audit(audit) => audit::run(&maintenance, audit).await,
        Admin::Usage(usage) => usage::run(&maintenance, &usage).await,
        Admin::Budget(budget) => budget::run(&maintenance, &budget).await,
        Admin::Price(price) => price::run(&maintenance, price).await,
        Admin::RotateMasterKey(rotate) => keys::rotate_master_key(&maintenance, &rotate).await,
        Admin::RotateKey(rotate) => keys::rotate_key(&maintenance, &rotate).await,
        // Done above.
        Admin::ImportBreached(_) => Ok(()),
    };
    maintenance.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn import_breached(settings: &Settings, import: &ImportBreached) -> Result<ExitCode, Fault> {
    let imported = qv_engine::import_breached(&settings.data, &import.file)?;
    let passwords = imported.passwords;
    super::tell(settings, async |maintenance| maintenance.imported(passwords).await).await;
    output::line(&format!("{} passwords are refused from now on.", imported.passwords));
    Ok(ExitCode::SUCCESS)
}

async fn dead_letters(maintenance: &Maintenance, letters: &DeadLetters) -> Result<(), Fault> {
    match &letters.act {
        None => list(maintenance, false, letters.json).await?,
        Some(Act::List { all }) => list(maintenance, *all, letters.json).await?,
        Some(Act::Retry { id }) => {
            let generation = maintenance.retry_dead_letter(*id).await?;
            output::line(&if letters.json {
                serde_json::json!({ "id": id, "state": "retried", "generation_id": generation.id })
                    .to_string()
            } else {
                format!("Its message is in the queue again, as generation {}.", generation.id)
            });
        }
        Some(Act::Discard { id }) => {
            maintenance.discard_dead_letter(*id).await?;
            output::line(&if letters.json {
                serde_json::json!({ "id": id, "state": "discarded" }).to_string()
            } else {
                "It is left as it is.".to_owned()
            });
        }
    }
    Ok(())
}

async fn list(maintenance: &Maintenance, all: bool, json: bool) -> Result<(), Fault> {
    let mut cursor: Option<String> = None;
    let mut count = 0_usize;
    loop {
        let query = DeadLetterQuery { project: None, all, cursor: cursor.as_deref(), limit: PAGE };
        let page = maintenance.dead_letters(query).await?;
        for letter in &page.items {
            output::line(&if json { as_json(letter) } else { as_text(letter) });
        }
        count += page.items.len();
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    if count == 0 && !json {
        output::line("No turn has failed for good.");
    }
    Ok(())
}

fn as_json(letter: &DeadLetter) -> String {
    serde_json::to_string(letter).unwrap_or_default()
}

/// Text that came from elsewhere, on one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What is known, on lines that a person reads. Everything that came from elsewhere is on one line of its own.
fn as_text(letter: &DeadLetter) -> String {
    let prompt = one_line(&letter.payload.prompt);
    let short: String = prompt.chars().take(PROMPT_CHARS).collect();
    let more = if letter.payload.cut || short.len() < prompt.len() { "…" } else { "" };
    format!(
        "{}  {}  {}  {} in {}, try {}\n    asked: {short}{more}\n    {}: {}",
        letter.id,
        letter.at,
        letter.state,
        one_line(&letter.user_name),
        one_line(&letter.project_name),
        letter.attempts,
        letter.code,
        one_line(&letter.message),
    )
}
