//! What an operator sets for the whole instance.

use qv_domain::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Conn, Tx};
use crate::sql::args;
use crate::{Result, StoreError};

impl Conn {
    /// An instance setting, `None` when it was never set.
    ///
    /// # Errors
    /// `Corrupt` when it does not have the shape of `T`.
    pub async fn setting<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>> {
        let value: Option<(serde_json::Value,)> = self
            .fetch_optional("SELECT value FROM settings WHERE key = $1", args![key.to_owned()])
            .await?;
        value
            .map(|(value,)| serde_json::from_value(value))
            .transpose()
            .map_err(|error| StoreError::corrupt(format!("the setting `{key}`: {error}")))
    }
}

impl Tx {
    /// Writes an instance setting.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be said in JSON.
    pub async fn set_setting<T: Serialize + Sync>(
        &mut self,
        key: &str,
        value: &T,
        now: Timestamp,
    ) -> Result<()> {
        let value = serde_json::to_value(value)
            .map_err(|error| StoreError::corrupt(format!("the setting `{key}`: {error}")))?;
        let sql = "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (key) DO UPDATE \
                   SET value = excluded.value, updated_at = excluded.updated_at";
        self.execute(sql, args![key.to_owned(), value, now]).await?;
        Ok(())
    }

    /// Removes an instance setting. False when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_setting(&mut self, key: &str) -> Result<bool> {
        let sql = "DELETE FROM settings WHERE key = $1";
        Ok(self.execute(sql, args![key.to_owned()]).await? > 0)
    }
}
