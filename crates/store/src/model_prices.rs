//! Prices that an administrator sets.

use qv_domain::Timestamp;

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{args, row};

row! {
    /// A model's price here, in picodollars (10^-12 US dollars) for one token.
    pub struct ModelPrice {
        /// `provider/name`.
        pub model: String,
        /// Sent.
        pub input_price: u64,
        /// Answered.
        pub output_price: u64,
        /// Read from the provider's cache.
        pub cache_read_price: u64,
        /// Written to it.
        pub cache_write_price: u64,
        /// When it was set.
        pub updated_at: Timestamp,
    }
}

impl Conn {
    /// Every price that was set, by model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_prices(&mut self) -> Result<Vec<ModelPrice>> {
        let sql = format!("SELECT {} FROM model_prices ORDER BY model", ModelPrice::COLUMNS);
        self.fetch(sql, args![]).await
    }

    /// The price that was set for a model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_price(&mut self, model: &str) -> Result<Option<ModelPrice>> {
        let sql = format!("SELECT {} FROM model_prices WHERE model = $1", ModelPrice::COLUMNS);
        self.fetch_optional(sql, args![model.to_owned()]).await
    }
}

impl Tx {
    /// Sets a model's price, in the place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_model_price(&mut self, price: &ModelPrice) -> Result<()> {
        self.delete_model_price(&price.model).await?;
        self.insert("model_prices", price).await
    }

    /// Goes back to the list's price. False when none was set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_model_price(&mut self, model: &str) -> Result<bool> {
        let sql = "DELETE FROM model_prices WHERE model = $1";
        Ok(self.execute(sql, args![model.to_owned()]).await? > 0)
    }
}
