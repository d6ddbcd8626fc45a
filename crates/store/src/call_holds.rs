//! Money set aside for calls that belong to no turn.

use qv_domain::{PurseKind, Timestamp, UsageId, UserId};

use crate::db::Tx;
use crate::sql::args;
use crate::{Purse, Reserved, Result, Usage};

impl Tx {
    /// Sets money aside from a user's month for a call outside turns, under the id that its row will have: `wanted`, or what is
    /// left where that is at least `least`. What holds of before `now` have run out is given back first. It takes hold
    /// of a balance, so in its transaction it comes last.
    ///
    /// # Errors
    /// `Conflict` when the user is gone.
    pub async fn hold_for_call(
        &mut self,
        id: UsageId,
        (user, purse): (UserId, Purse),
        (wanted, least): (i64, i64),
        (now, until): (Timestamp, Timestamp),
    ) -> Result<Reserved> {
        // Each goes back to the month that it was taken from.
        let sql =
            "DELETE FROM call_holds WHERE user_id = $1 AND until < $2 RETURNING period, amount";
        for (period, amount) in self.fetch::<(u32, i64)>(sql, args![user, now]).await? {
            self.add_to_reserved(user, period, -amount).await?;
        }
        let balance = self.take_balance(purse).await?;
        let granted = balance.left().map_or(wanted, |left| wanted.min(left));
        if granted < least {
            return Ok(Reserved::Refused(balance));
        }
        let sql = "INSERT INTO call_holds (id, user_id, period, amount, until) VALUES ($1, $2, $3, $4, $5)";
        self.execute(sql, args![id, user, purse.period, granted, until]).await?;
        self.add_to_reserved(user, purse.period, granted).await?;
        Ok(Reserved::Granted(granted))
    }

    /// Books what such a call took, with its row if it was made, and gives back what was set aside for it in the same
    /// purse.
    ///
    /// # Errors
    /// `Conflict` when it is recorded already.
    pub async fn settle_call(
        &mut self,
        id: UsageId,
        purse: Purse,
        usage: Option<&Usage>,
    ) -> Result<()> {
        if let Some(usage) = usage {
            self.insert("token_usage", usage).await?;
        }
        // One that was given back because its time was over is paid all the same.
        let sql = "DELETE FROM call_holds WHERE id = $1 RETURNING amount";
        let held: Option<(i64,)> = self.fetch_optional(sql, args![id]).await?;
        let took = usage.and_then(|usage| usage.cost_nanousd).unwrap_or(0);
        self.take_balance(purse).await?;
        let sql = "UPDATE budget_balances SET spent = spent + $4, reserved = reserved - $5 \
                   WHERE purse = $1 AND subject = $2 AND period = $3";
        let held = held.map_or(0, |(amount,)| amount);
        self.execute(sql, args![purse.kind, purse.subject, purse.period, took, held]).await?;
        Ok(())
    }

    async fn add_to_reserved(&mut self, user: UserId, period: u32, amount: i64) -> Result<()> {
        let sql = "UPDATE budget_balances SET reserved = reserved + $4 \
                   WHERE purse = $1 AND subject = $2 AND period = $3";
        self.execute(sql, args![PurseKind::User, user.as_uuid(), period, amount]).await?;
        Ok(())
    }
}
