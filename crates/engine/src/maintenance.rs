//! What a command does beside a running server, on its database: no worker is started and no lock is taken.

use std::sync::Arc;

use qv_domain::{AuditAction, AuditTarget, DeadLetterId, DeadLetterState, Email, Env, UserId};
use qv_security::Token;
use qv_store::{Conn, Db};
use qv_wire::{
    AuditEntry, CreateInvite, DeadLetter, Generation, Page, PriceList, SavePrice, UpdateUser,
    UsageReport, UserBudget, UserEntry,
};

use crate::audit::{self, Act, AuditExport, AuditQuery};
use crate::budgets::{self, SavedLimit};
use crate::dead_letters::{self, DeadLetterQuery};
use crate::{
    EngineConfig, EngineError, Result, UsageQuery, UserQuery, prices, resets, second_factor,
    sign_up, turns, usage, user_admin,
};

/// A server's database, opened by whoever can run a program beside it.
#[derive(Debug)]
pub struct Maintenance {
    pub(crate) db: Db,
    pub(crate) env: Arc<dyn Env>,
    pub(crate) config: EngineConfig,
}

impl Maintenance {
    /// Opens what is there; nothing is made and nothing migrated.
    ///
    /// # Errors
    /// When there is no database of this version; the text says what to do.
    pub async fn open(config: &EngineConfig, env: Arc<dyn Env>) -> Result<Self> {
        let db = Db::attach(&config.database_url, &config.data_dir).await?;
        Ok(Self { db, env, config: config.clone() })
    }

    /// A page of everybody's failed turns, the newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn dead_letters(&self, query: DeadLetterQuery<'_>) -> Result<Page<DeadLetter>> {
        dead_letters::list(&mut *self.db.read().await?, None, query).await
    }

    /// Puts a failed turn's message back into the queue, for who asked and with the model of then: the server takes
    /// it from there.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is decided about; `Busy` while another turn runs in its project.
    pub async fn retry_dead_letter(&self, id: DeadLetterId) -> Result<Generation> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let found = dead_letters::one(&mut tx, id, None).await?;
        let generation = tx.generation(found.letter.generation_id).await?;
        let generation = generation.ok_or_else(|| EngineError::not_found("failed turn"))?;
        dead_letters::resolve(&mut tx, id, DeadLetterState::Retried, now).await?;
        let (user, model) = (generation.user_id, generation.model.clone());
        // The server sets money aside when it takes it, or ends it by the budget.
        let (turn, _) = turns::again(&mut tx, &*self.env, &generation, user, model, now).await?;
        let act = Act::by_command(AuditAction::DeadLetterRetried);
        dead_letters::told(act, &found.letter).tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(turn.generation)
    }

    /// Leaves a failed turn as it is.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it was tried again.
    pub async fn discard_dead_letter(&self, id: DeadLetterId) -> Result<()> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let act = Act::by_command(AuditAction::DeadLetterDiscarded);
        dead_letters::discard(&mut tx, &*self.env, id, None, act, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What everybody's turns took.
    ///
    /// # Errors
    /// `Invalid` with the field of the query.
    pub async fn usage(&self, query: &UsageQuery) -> Result<UsageReport> {
        usage::of_all(&self.db, query, self.env.now()).await
    }

    /// The prices that are set, and where all others come from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prices(&self) -> Result<PriceList> {
        prices::list(&self.db).await
    }

    /// Sets a model's price for the turns that begin from now on.
    ///
    /// # Errors
    /// `Invalid` with the field.
    pub async fn set_price(&self, price: SavePrice) -> Result<()> {
        let act = Act::by_command(AuditAction::PriceSet);
        prices::set(&self.db, &*self.env, price, act).await
    }

    /// Goes back to the list's price.
    ///
    /// # Errors
    /// `NotFound` when none is set.
    pub async fn remove_price(&self, model: &str) -> Result<()> {
        let act = Act::by_command(AuditAction::PriceRemoved);
        prices::remove(&self.db, &*self.env, model, act).await
    }

    /// A user's month.
    ///
    /// # Errors
    /// `Invalid` when nobody signs in with this address.
    pub async fn budget(&self, email: &str) -> Result<UserBudget> {
        let mut conn = self.db.read().await?;
        let user = user_of(&mut conn, email).await?;
        budgets::user_budget(&mut conn, &self.config.plans, user, self.env.now()).await
    }

    /// Sets a user's monthly limit in billionths of a US dollar, in place of their plan's; `Some(None)` is expressly no
    /// limit, `None` lets the plan set it again.
    ///
    /// # Errors
    /// `Invalid` when nobody signs in with this address, or the limit is too high.
    pub async fn set_budget(&self, email: &str, limit: Option<Option<u64>>) -> Result<UserBudget> {
        let user = user_of(&mut *self.db.read().await?, email).await?;
        let limit = limit.map_or(SavedLimit::Plan, SavedLimit::Set);
        let act = Act::by_command(AuditAction::BudgetChanged);
        budgets::save_user_budget(&self.db, &*self.env, &self.config.plans, user, limit, act).await
    }

    /// Accounts, the newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn users(&self, query: UserQuery<'_>) -> Result<Page<UserEntry>> {
        user_admin::list(&mut *self.db.read().await?, query).await
    }

    /// Suspends a user, named by address or id, or lets them in again, and sets their plan and rights. A server that
    /// runs stops their turns within seconds.
    ///
    /// # Errors
    /// `Invalid` when there is no such user; `Conflict` where nobody would be left to run the instance.
    pub async fn update_user(&self, who: &str, update: UpdateUser) -> Result<UserEntry> {
        let mut tx = self.db.begin().await?;
        let id = id_of(&mut tx, who).await?;
        let changed = user_admin::change(&mut tx, &*self.env, id, update, None).await?;
        tx.commit().await?;
        Ok(changed.user)
    }

    /// Takes away the second factor of a user, named by address or id.
    ///
    /// # Errors
    /// `Invalid` when there is no such user, or they have none.
    pub async fn remove_second_factor(&self, who: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let id = id_of(&mut tx, who).await?;
        if !second_factor::remove(&mut tx, id).await? {
            return Err(EngineError::invalid("user", "this user has no second factor."));
        }
        let act = Act::by_command(AuditAction::SecondFactorOff).on_user(id);
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes an invitation; the token for its link.
    ///
    /// # Errors
    /// `Invalid` names the field; `Conflict` where the server takes no new accounts.
    pub async fn create_invite(&self, create: CreateInvite) -> Result<Token> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let (token, invite) =
            sign_up::invite(&mut tx, &*self.env, self.config.sign_up, None, create, now).await?;
        let act = Act::by_command(AuditAction::InviteMade).on(AuditTarget::Invite, invite.id);
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// A link by which a user, named by address or id, sets a new password; the token for it. Those before end.
    ///
    /// # Errors
    /// `Invalid` when there is no such user, or they are suspended.
    pub async fn reset_link(&self, who: &str) -> Result<Token> {
        let mut tx = self.db.begin().await?;
        let id = id_of(&mut tx, who).await?;
        let user = tx.user(id).await?.ok_or_else(|| EngineError::not_found("user"))?;
        if user.suspended_at.is_some() {
            return Err(EngineError::invalid(
                "user",
                "this user is suspended: reinstate them first.",
            ));
        }
        if user.email.is_none() {
            return Err(EngineError::invalid(
                "user",
                "this user has no address to sign in with: restart the server, and it prints a link.",
            ));
        }
        tx.delete_links_of(id).await?;
        let act = Act::by_command(AuditAction::ResetLinkMade);
        let token = resets::reset_link(&mut tx, &*self.env, &user, act).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// A page of the audit log, the newest first.
    ///
    /// # Errors
    /// `Invalid` with the field of the query.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditEntry>> {
        audit::page(&self.db, query).await
    }

    /// The audit log as CSV, piece by piece.
    ///
    /// # Errors
    /// `Invalid` with the field of the query.
    pub async fn audit_export(&self, query: &AuditQuery) -> Result<AuditExport> {
        let export = AuditExport::new(&self.db, query).await?;
        self.tell(Act::by_command(AuditAction::AuditExported).on(AuditTarget::Instance, "audit"))
            .await?;
        Ok(export)
    }

    /// Tells that a backup was taken. It is not in the backup.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backed_up(&self) -> Result<()> {
        self.tell(Act::by_command(AuditAction::BackupMade).on(AuditTarget::Instance, "database"))
            .await
    }

    /// Tells that passwords were imported which are refused from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imported(&self, passwords: u64) -> Result<()> {
        let act = Act::by_command(AuditAction::BreachedImported).with("passwords", passwords);
        self.tell(act.on(AuditTarget::Instance, "passwords")).await
    }

    async fn tell(&self, act: Act) -> Result<()> {
        let mut tx = self.db.begin().await?;
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// Whom an address or an id names.
async fn id_of(conn: &mut Conn, who: &str) -> Result<UserId> {
    match who.parse() {
        Ok(id) => Ok(id),
        Err(_) => user_of(conn, who).await,
    }
}

async fn user_of(conn: &mut Conn, email: &str) -> Result<UserId> {
    let address = Email::parse(email).map_err(|error| EngineError::invalid("email", error))?;
    let user = conn.user_by_email(&address).await?;
    user.map(|user| user.id)
        .ok_or_else(|| EngineError::invalid("email", format!("nobody signs in with {address}.")))
}
