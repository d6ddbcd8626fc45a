//! The log.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{LogFormat, Settings};
use crate::fault::Fault;

/// Starts the log on standard error, as `QUICKVIBE_LOG` and `QUICKVIBE_LOG_FORMAT` say.
pub(crate) fn start(settings: &Settings) -> Result<(), Fault> {
    let filter = EnvFilter::builder().parse(&settings.log).map_err(|error| {
        Fault::Config(format!(
            "`log` (QUICKVIBE_LOG): {error}. Use a level such as `info`, or `info,qv_engine=debug`"
        ))
    })?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (as in tests) keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    Ok(())
}
