//! The audit log: who did what. An act is told in the transaction in which it is done ([`Act::tell`]).
//!
//! What could be repeated without end is told once in a time: a key's use by a user once a day, since each of a turn's
//! calls is a row of `token_usage` already; a download once an hour, since it is no change and so is not counted.

mod act;
mod csv;
mod keeping;
mod list;
mod sign_in;

use std::fmt::Display;

use qv_domain::{AuditAction, AuditTarget, Timestamp, UserId};

use crate::models::Chosen;
use crate::{Actor, Engine, Result};

pub(crate) use act::Act;
pub(crate) use keeping::forget_old;
pub(crate) use list::page;
pub use list::{AuditExport, AuditQuery};

const HOUR_MICROS: i64 = 3_600_000_000;

/// That a user's turn calls a model with a key, told once a day. `None` where there is no key to use.
pub(crate) fn key_used(chosen: &Chosen, user: UserId, now: Timestamp) -> Option<Act> {
    let (key, provider) = (&chosen.key, chosen.kind.id());
    key.credentials.key.as_ref()?;
    let name = key.id.map_or_else(|| provider.to_owned(), |id| id.to_string());
    let day = now.as_micros().div_euclid(24 * HOUR_MICROS);
    let act = Act::by_user(user, AuditAction::KeyUsed).on(AuditTarget::Key, &name);
    Some(act.with("provider", provider).once(format!("{user}/{name}/{day}")))
}

/// The words by which an actor's act at a thing is told once an hour.
pub(crate) fn hourly(actor: &Actor, thing: impl Display, now: Timestamp) -> String {
    format!("{}/{thing}/{}", actor.user_id(), now.as_micros().div_euclid(HOUR_MICROS))
}

impl Engine {
    /// Tells of an act that changes nothing else, unless it is told already; then it costs no write.
    pub(crate) async fn tell_once(&self, act: Act, now: Timestamp) -> Result<()> {
        if act.is_told(&mut *self.db.read().await?).await? {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(())
    }
}
