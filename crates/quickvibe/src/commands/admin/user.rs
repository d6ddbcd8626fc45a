use std::path::PathBuf;

use clap::{Args, Subcommand};
use qv_engine::{Maintenance, UserQuery};
use qv_wire::{UpdateUser, UserEntry};

use super::{PAGE, one_line};
use crate::fault::Fault;
use crate::output;

/// Accounts: list them, suspend one, let one in again, say who administers.
#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    act: Act,
    /// The server's data folder.
    #[arg(long, global = true)]
    pub(super) data: Option<PathBuf>,
    /// Print JSON, one line each.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List them, the newest first.
    List {
        /// Only those whose name or address contains this.
        search: Option<String>,
    },
    /// End all that a user can do: sessions, API tokens, turns. A server that runs does it within seconds.
    Suspend(Who),
    /// Let a suspended user sign in again.
    Reinstate(Who),
    /// Let a user administer this instance.
    MakeAdmin(Who),
    /// Let a user administer it no longer.
    RemoveAdmin(Who),
    /// Ask a user for the password alone again: for who has lost both the authenticator app and the recovery codes.
    RemoveSecondFactor(Who),
}

#[derive(Debug, Args)]
struct Who {
    /// The address that the user signs in with, or their id.
    user: String,
}

pub(super) async fn run(maintenance: &Maintenance, user: &User) -> Result<(), Fault> {
    let (who, update) = match &user.act {
        Act::List { search } => return list(maintenance, search.as_deref(), user.json).await,
        Act::RemoveSecondFactor(who) => {
            maintenance.remove_second_factor(&who.user).await?;
            output::line(
                "The second factor is gone: the password alone signs in until another is set up.",
            );
            return Ok(());
        }
        Act::Suspend(who) => (who, UpdateUser { suspended: Some(true), ..UpdateUser::default() }),
        Act::Reinstate(who) => {
            (who, UpdateUser { suspended: Some(false), ..UpdateUser::default() })
        }
        Act::MakeAdmin(who) => (who, UpdateUser { is_admin: Some(true), ..UpdateUser::default() }),
        Act::RemoveAdmin(who) => {
            (who, UpdateUser { is_admin: Some(false), ..UpdateUser::default() })
        }
    };
    tell(&maintenance.update_user(&who.user, update).await?, user.json);
    Ok(())
}

async fn list(maintenance: &Maintenance, search: Option<&str>, json: bool) -> Result<(), Fault> {
    let mut cursor: Option<String> = None;
    loop {
        let query = UserQuery { search, cursor: cursor.as_deref(), limit: PAGE };
        let page = maintenance.users(query).await?;
        for entry in &page.items {
            tell(entry, json);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

fn tell(entry: &UserEntry, json: bool) {
    output::line(&if json {
        serde_json::to_string(entry).unwrap_or_default()
    } else {
        as_text(entry)
    });
}

/// On one line; the name is somebody else's words.
fn as_text(entry: &UserEntry) -> String {
    let email = entry.email.as_ref().map_or("no address", |email| email.as_str());
    let admin = if entry.is_admin { ", administrator" } else { "" };
    let suspended =
        entry.suspended_at.map(|at| format!(", suspended since {at}")).unwrap_or_default();
    format!(
        "{}  {email}  {}  plan {}{admin}{suspended}",
        entry.id,
        one_line(&entry.name),
        entry.plan
    )
}
