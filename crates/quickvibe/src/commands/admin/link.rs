use std::path::PathBuf;

use clap::Args;
use qv_engine::Maintenance;
use qv_wire::CreateInvite;

use crate::config::Settings;
use crate::fault::Fault;
use crate::output;

/// Prints a link that makes one account.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The address that the account gets; whoever opens the link chooses when nothing is said.
    #[arg(long)]
    email: Option<String>,
    /// How long it works, in days: 1 to 30.
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

/// Prints a link that sets a user's password, once, within the hour. It ends those before.
#[derive(Debug, Args)]
pub(crate) struct ResetLink {
    /// The address that the user signs in with, or their id.
    user: String,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

pub(super) async fn invite(
    maintenance: &Maintenance,
    settings: &Settings,
    invite: &Invite,
) -> Result<(), Fault> {
    let create = CreateInvite { email: invite.email.clone(), expires_in_days: Some(invite.days) };
    let token = maintenance.create_invite(create).await?;
    output::line(&format!("{}/join#token={}", settings.site(settings.port), token.expose()));
    Ok(())
}

pub(super) async fn reset(
    maintenance: &Maintenance,
    settings: &Settings,
    reset: &ResetLink,
) -> Result<(), Fault> {
    let token = maintenance.reset_link(&reset.user).await?;
    output::line(&format!("{}/reset#token={}", settings.site(settings.port), token.expose()));
    Ok(())
}
