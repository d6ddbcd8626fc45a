//! `quickvibe admin price`: prices that go before the vendored list's.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use qv_engine::Maintenance;
use qv_wire::SavePrice;

use super::one_line;
use crate::fault::Fault;
use crate::output;

const MICROS: u64 = 1_000_000;

#[derive(Debug, Args)]
pub(crate) struct Price {
    #[command(subcommand)]
    act: Act,
    /// The server's data folder.
    #[arg(long, global = true)]
    pub(super) data: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List the prices that are set.
    List,
    /// Set a model's price, in US dollars for a million tokens, for turns that begin from now on.
    Set {
        /// The model, as `provider/name`.
        model: String,
        /// Tokens that are sent.
        #[arg(long, value_parser = microusd)]
        input: u64,
        /// Tokens that are answered.
        #[arg(long, value_parser = microusd)]
        output: u64,
        /// Tokens read from the provider's cache [default: as those that are sent]
        #[arg(long, value_parser = microusd)]
        cache_read: Option<u64>,
        /// Tokens written to the provider's cache [default: as those that are sent]
        #[arg(long, value_parser = microusd)]
        cache_write: Option<u64>,
    },
    /// Go back to the list's price.
    Remove {
        /// The model, as `provider/name`.
        model: String,
    },
}

pub(super) async fn run(maintenance: &Maintenance, price: Price) -> Result<(), Fault> {
    match price.act {
        Act::List => {}
        Act::Set { model, input, output, cache_read, cache_write } => {
            let save = SavePrice {
                model,
                input_microusd: input,
                output_microusd: output,
                cache_read_microusd: cache_read,
                cache_write_microusd: cache_write,
            };
            maintenance.set_price(save).await?;
        }
        Act::Remove { model } => maintenance.remove_price(&model).await?,
    }
    let list = maintenance.prices().await?;
    if price.json {
        output::line(&serde_json::to_string(&list).unwrap_or_default());
        return Ok(());
    }
    for item in &list.items {
        output::line(&format!(
            "{}  {} in, {} out, {} from cache, {} to cache, since {}",
            one_line(&item.model),
            usd(item.input_microusd),
            usd(item.output_microusd),
            usd(item.cache_read_microusd),
            usd(item.cache_write_microusd),
            item.updated_at
        ));
    }
    let others = if list.items.is_empty() { "All prices" } else { "All other prices" };
    output::line(&format!("{others} as of {} ({}).", list.prices.date, list.prices.source));
    Ok(())
}

/// Dollars with up to six digits after the point, as millionths.
fn microusd(text: &str) -> Result<u64, String> {
    let remedy = || "write US dollars for a million tokens, such as 3 or 0.25".to_owned();
    let text = text.trim().trim_start_matches('$');
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 6 || !digits(whole) || !digits(part) {
        return Err(remedy());
    }
    let whole: u64 = whole.parse().map_err(|_| remedy())?;
    let part: u64 = format!("{part:0<6}").parse().map_err(|_| remedy())?;
    whole.checked_mul(MICROS).and_then(|micros| micros.checked_add(part)).ok_or_else(remedy)
}

fn usd(microusd: u64) -> String {
    let text = format!("${}.{:06}", microusd / MICROS, microusd % MICROS);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_exactly() {
        assert_eq!(microusd("3"), Ok(3_000_000));
        assert_eq!(microusd("$0.25"), Ok(250_000));
        assert_eq!(microusd("0.000001"), Ok(1));
        for wrong in ["", ".", "-1", "1e3", "0.0000001", "1,5", "99999999999999999999"] {
            assert!(microusd(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            (usd(3_000_000), usd(250_000), usd(10_000_000)),
            ("$3".to_owned(), "$0.25".to_owned(), "$10".to_owned())
        );
    }
}
