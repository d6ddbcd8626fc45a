//! How a model's provider counts tokens, beside our own count.

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::args;

impl Conn {
    /// The calls of a model, their tokens by our count and by the provider's; zeros before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calibration(&mut self, model: &str) -> Result<(u64, u64, u64)> {
        let sql = "SELECT calls, counted, reported FROM token_calibration WHERE model = $1";
        let row = self.fetch_optional(sql, args![model.to_owned()]).await?;
        Ok(row.unwrap_or_default())
    }
}

impl Tx {
    /// Adds one call of a model: its tokens by our count and by the provider's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calibrate(&mut self, model: &str, counted: u64, reported: u64) -> Result<()> {
        let sql = "INSERT INTO token_calibration (model, calls, counted, reported) \
                   VALUES ($1, 1, $2, $3) ON CONFLICT (model) DO UPDATE SET \
                   calls = token_calibration.calls + 1, \
                   counted = token_calibration.counted + excluded.counted, \
                   reported = token_calibration.reported + excluded.reported";
        self.execute(sql, args![model.to_owned(), counted, reported]).await.map(drop)
    }
}
