//! Sign-ins that are refused. Strangers can make as many as they like, so what is told of them is bounded: an account
//! and a network once in a quarter of an hour, and all together so many in an hour.

use qv_domain::{AuditAction, AuditTarget, Timestamp};
use qv_security::TokenHash;
use qv_store as store;
use qv_wire::ErrorCode;

use super::{Act, HOUR_MICROS};
use crate::attempts::network;
use crate::{Client, Engine, EngineError, Result};

/// As long as attempts are counted together.
const WINDOW_MICROS: i64 = 15 * 60 * 1_000_000;
/// So many are told in any hour; then one entry says that there were more.
const MOST_PER_HOUR: u32 = 500;

impl Engine {
    /// Tells of a sign-in that was refused, in the log and in the audit log. `account` is what was given, of people who
    /// exist and of others: both take the same way. It is not kept, since people write passwords there.
    pub(crate) async fn tell_refused(
        &self,
        account: &str,
        user: Option<&store::User>,
        client: &Client,
        error: &EngineError,
    ) {
        let action = match error.code() {
            ErrorCode::RateLimited => AuditAction::SignInLocked,
            // Nobody was judged.
            code if code.status() >= 500 => return,
            _ => AuditAction::SignInFailed,
        };
        let user_id = user.map(|user| user.id);
        tracing::warn!(
            client = client.address,
            user = user_id.map(tracing::field::display),
            reason = %error.code(),
            "a sign-in was refused"
        );
        let from = network(client.address.as_deref().unwrap_or_default());
        let account = TokenHash::of(&account.trim().to_lowercase());
        let now = self.env.now();
        let window = now.as_micros().div_euclid(WINDOW_MICROS);
        let account = account.as_bytes().iter().take(8).map(|byte| format!("{byte:02x}"));
        let mut act = Act::by_stranger(action)
            .from(client.address.as_deref())
            .with("reason", error.code().as_str())
            .once(format!("{}/{from}/{window}", account.collect::<String>()));
        if let Some(user) = user_id {
            act = act.on_user(user);
        }
        if let Err(error) = self.tell_bounded(act, action, now).await {
            tracing::error!(%error, "a refused sign-in is not in the audit log");
        }
    }

    /// Asks before it writes: a flood must not hold up everybody's work.
    async fn tell_bounded(&self, act: Act, action: AuditAction, now: Timestamp) -> Result<()> {
        let mut conn = self.db.read().await?;
        if act.is_told(&mut conn).await? {
            return Ok(());
        }
        let hour = now.as_micros().div_euclid(HOUR_MICROS);
        let begin = Timestamp::from_micros(hour.saturating_mul(HOUR_MICROS));
        let mut act = act;
        if conn.audit_count(action, begin, MOST_PER_HOUR).await? >= u64::from(MOST_PER_HOUR) {
            act = Act::by_system(action)
                .on(AuditTarget::Instance, "sign-ins")
                .with("more_than", MOST_PER_HOUR)
                .once(format!("more/{hour}"));
        }
        drop(conn);
        self.tell_once(act, now).await
    }
}
