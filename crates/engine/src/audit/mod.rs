//! The audit log: who did what. An act is told in the transaction in which it is done ([`Act::tell`]).
//!
//! What could be repeated without end is told once in a time: a key's use by a user once a day, since each of a turn's
//! calls is a row of `token_usage` already; a download once an hour, since it is no change and so is not counted.

mod act;

use std::fmt::Display;

use qv_domain::Timestamp;

use crate::Actor;

pub(crate) use act::Act;

const HOUR_MICROS: i64 = 3_600_000_000;

/// The words by which an actor's act at a thing is told once an hour.
pub(crate) fn hourly(actor: &Actor, thing: impl Display, now: Timestamp) -> String {
    format!("{}/{thing}/{}", actor.user_id(), now.as_micros().div_euclid(HOUR_MICROS))
}
