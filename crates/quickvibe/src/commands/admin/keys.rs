use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Args;
use qv_engine::{Maintenance, NewKey};
use qv_security::{SecretString, Zeroizing};

use crate::fault::Fault;
use crate::output;

/// More than any key has.
const MOST: u64 = 16 * 1024;

#[derive(Debug, Args)]
pub(crate) struct RotateMasterKey {
    /// The key that secrets are sealed under is gone for good: give them up, so that a new one can take its place.
    #[arg(long)]
    lost: bool,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

/// The key is read from standard input, so that no other program sees it.
#[derive(Debug, Args)]
pub(crate) struct RotateKey {
    /// The provider, such as `anthropic`.
    provider: String,
    /// The address that a user signs in with: their own key is replaced. Everybody's is when nobody is named.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Where the provider is, when not at its usual place.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

pub(super) async fn rotate_master_key(
    maintenance: &Maintenance,
    rotate: &RotateMasterKey,
) -> Result<(), Fault> {
    let done = maintenance.rotate_master_key(rotate.lost).await?;
    let begun = if done.resumed { "The rotation that was begun before is done" } else { "Done" };
    output::line(&format!(
        "{begun}: {} secrets are under the new master key, and nothing that can be read is under an older one.",
        done.secrets
    ));
    output::line(done.to_do.unwrap_or(
        "The old key is gone from the key file. A backup of the database from before is opened by a copy of the key \
         file from before alone: make a new backup now, and copy the key file anew.",
    ));
    if done.unreadable > 0 {
        output::note(&format!(
            "{} secrets could not be read before either, as the log tells: they must be entered again.",
            done.unreadable
        ));
    }
    Ok(())
}

pub(super) async fn rotate_key(maintenance: &Maintenance, rotate: &RotateKey) -> Result<(), Fault> {
    let secret = from_standard_input()?;
    let new = NewKey {
        provider: &rotate.provider,
        user: rotate.user.as_deref(),
        base_url: rotate.base_url.as_deref(),
        secret,
    };
    let key = maintenance.set_key(new).await?;
    let whose = rotate.user.as_deref().unwrap_or("everybody");
    let ends =
        if key.last4.is_empty() { String::new() } else { format!(", which ends in {}", key.last4) };
    output::line(&format!(
        "The key of {whose} for {}{ends}, is saved: the next call uses it. Take the old one back at the provider.",
        key.provider
    ));
    Ok(())
}

/// A line, or all that is piped in.
fn from_standard_input() -> Result<SecretString, Fault> {
    let fail = |source| Fault::Start { what: "reading the key", source };
    let stdin = std::io::stdin();
    let mut text = Zeroizing::new(String::with_capacity(1024));
    if stdin.is_terminal() {
        output::note("Paste the new key, then press Enter. It is shown as you paste it.");
        stdin.read_line(&mut text).map_err(fail)?;
    } else {
        stdin.lock().take(MOST).read_to_string(&mut text).map_err(fail)?;
    }
    if text.trim().is_empty() {
        return Err(Fault::Config(
            "no key came on standard input: `quickvibe admin rotate-key PROVIDER < file`"
                .to_owned(),
        ));
    }
    Ok(SecretString::from(text.trim()))
}
