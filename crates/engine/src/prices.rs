//! Prices that an administrator sets: costs, estimates and budgets go by them before the vendored list.

use std::collections::BTreeMap;

use qv_domain::{AuditAction, AuditTarget, Env};
use qv_pfc::Price;
use qv_store::{self as store, Db};
use qv_wire::{ModelPrice, PriceList, PriceSource, SavePrice};

use crate::audit::Act;
use crate::{Actor, Engine, EngineError, Result, vault};

/// $10,000 for a million tokens, in picodollars for one: no model is near it, so it is a slip of the keyboard.
const MOST: u64 = 10_000_000_000;
const NAME_CHARS: usize = 200;

impl Engine {
    /// The prices that are set, and where all others come from. Administrators.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn prices(&self, actor: &Actor) -> Result<PriceList> {
        actor.require_admin()?;
        list(&self.db).await
    }

    /// Sets a model's price for the turns that begin from now on. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` with the field.
    pub async fn set_price(&self, actor: &Actor, price: SavePrice) -> Result<PriceList> {
        actor.require_admin()?;
        set(&self.db, &*self.env, price, Act::by(actor, AuditAction::PriceSet)).await?;
        list(&self.db).await
    }

    /// Goes back to the list's price. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` when none is set.
    pub async fn remove_price(&self, actor: &Actor, model: &str) -> Result<()> {
        actor.require_admin()?;
        remove(&self.db, &*self.env, model, Act::by(actor, AuditAction::PriceRemoved)).await
    }

    /// The price that is set for a model.
    pub(crate) async fn price_set(&self, model: &str) -> Result<Option<Price>> {
        Ok(self.db.read().await?.model_price(model).await?.as_ref().map(price))
    }

    /// All of them, by model.
    pub(crate) async fn prices_set(&self) -> Result<BTreeMap<String, Price>> {
        let rows = self.db.read().await?.model_prices().await?;
        Ok(rows.into_iter().map(|row| (row.model.clone(), price(&row))).collect())
    }
}

/// Where prices come from that nobody has set.
pub(crate) fn source() -> PriceSource {
    let list = qv_pfc::price_list();
    PriceSource { source: list.source, date: list.date }
}

pub(crate) async fn list(db: &Db) -> Result<PriceList> {
    let rows = db.read().await?.model_prices().await?;
    Ok(PriceList { items: rows.into_iter().map(view).collect(), prices: source() })
}

pub(crate) async fn set(db: &Db, env: &dyn Env, save: SavePrice, act: Act) -> Result<()> {
    let named = save.model.split_once('/').filter(|(_, name)| !name.trim().is_empty());
    let Some((provider, _)) = named.filter(|_| save.model.chars().count() <= NAME_CHARS) else {
        return Err(EngineError::invalid(
            "model",
            "Name the model as `provider/name`, such as `anthropic/claude-sonnet-4-5`.",
        ));
    };
    vault::provider_kind(provider)
        .map_err(|error| EngineError::invalid("model", error.detail()))?;
    let cache_read = save.cache_read_microusd.unwrap_or(save.input_microusd);
    let cache_write = save.cache_write_microusd.unwrap_or(save.input_microusd);
    for (field, price) in [
        ("input_microusd", save.input_microusd),
        ("output_microusd", save.output_microusd),
        ("cache_read_microusd", cache_read),
        ("cache_write_microusd", cache_write),
    ] {
        if price > MOST {
            return Err(EngineError::invalid(
                field,
                "That is more than $10,000 for a million tokens. Prices are in millionths of a US dollar for a \
                 million tokens: $3 is 3000000.",
            ));
        }
    }
    let now = env.now();
    let row = store::ModelPrice {
        model: save.model,
        input_price: save.input_microusd,
        output_price: save.output_microusd,
        cache_read_price: cache_read,
        cache_write_price: cache_write,
        updated_at: now,
    };
    let mut tx = db.begin().await?;
    tx.set_model_price(&row).await?;
    act.on(AuditTarget::Model, &row.model)
        .with("input_microusd", row.input_price)
        .with("output_microusd", row.output_price)
        .tell(&mut tx, env, now)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub(crate) async fn remove(db: &Db, env: &dyn Env, model: &str, act: Act) -> Result<()> {
    let mut tx = db.begin().await?;
    if !tx.delete_model_price(model).await? {
        return Err(EngineError::not_found("price"));
    }
    act.on(AuditTarget::Model, model).tell(&mut tx, env, env.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Micro-dollars for a million tokens are picodollars for one.
const fn price(row: &store::ModelPrice) -> Price {
    Price {
        input: row.input_price,
        output: row.output_price,
        cache_read: row.cache_read_price,
        cache_write: row.cache_write_price,
    }
}

fn view(row: store::ModelPrice) -> ModelPrice {
    ModelPrice {
        model: row.model,
        input_microusd: row.input_price,
        output_microusd: row.output_price,
        cache_read_microusd: row.cache_read_price,
        cache_write_microusd: row.cache_write_price,
        updated_at: row.updated_at,
    }
}
