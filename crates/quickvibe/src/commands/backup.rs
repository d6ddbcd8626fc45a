use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use qv_domain::Env as _;
use qv_engine::SystemEnv;
use url::Url;

use crate::config::Settings;
use crate::fault::Fault;
use crate::{output, telemetry};

#[derive(Debug, Args)]
pub(crate) struct BackupTo {
    /// The file to write.
    file: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreFrom {
    /// A file that `quickvibe backup` wrote.
    file: PathBuf,
    /// The data folder: that of a server that is stopped, or a new one.
    #[arg(long)]
    data: Option<PathBuf>,
}

pub(crate) async fn backup(to: BackupTo) -> Result<ExitCode, Fault> {
    let settings = settings(to.data.as_deref())?;
    if let Some(address) = postgres(&settings) {
        return Err(Fault::Postgres(format!(
            "the data is in PostgreSQL, which has its own tool: pg_dump --format=custom --file={} '{address}'",
            quoted(&to.file)
        )));
    }
    let (begin, at) = (Instant::now(), SystemEnv.now());
    let done = qv_engine::backup(&settings.engine(), &to.file, to.force).await?;
    super::tell(&settings, async |maintenance| maintenance.backed_up().await).await;
    let master_key = match &done.master_key {
        Some(path) => whole(path).display().to_string(),
        None => "the master key, which is kept elsewhere".to_owned(),
    };
    output::line(&format!(
        "Backed up {} to {}: {}, as of {at}, in {:.1} s. Its integrity was checked.\n\n\
         Not in it:\n  {master_key} - opens the model providers' keys that are saved in the database. Keep a copy of \
         it, apart from the backup.\n  quickvibe.toml and the environment - your settings.\n  packages/ - a cache.",
        done.database.display(),
        to.file.display(),
        size(done.bytes),
        begin.elapsed().as_secs_f64(),
    ));
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn restore(from: RestoreFrom) -> Result<ExitCode, Fault> {
    let settings = settings(from.data.as_deref())?;
    if let Some(address) = postgres(&settings) {
        return Err(Fault::Postgres(format!(
            "the data is in PostgreSQL, which has its own tool; with every server stopped: pg_restore --clean \
             --if-exists --dbname='{address}' {}",
            quoted(&from.file)
        )));
    }
    let done = qv_engine::restore(&settings.engine(), &from.file, SystemEnv.now()).await?;
    output::line(&format!(
        "Restored {} from {}: {}. Its integrity was checked.",
        done.database.display(),
        from.file.display(),
        size(done.bytes)
    ));
    if let Some(kept) = done.kept {
        output::line(&format!(
            "What was there before is kept as {}: remove it when all is well.",
            kept.display()
        ));
    }
    if let Some(missing) = &done.missing_key {
        output::line(&format!(
            "There is no {}: put the one of the backed-up server there before you start. Where it is lost for good, \
             `quickvibe admin rotate-master-key --lost` makes another; the model providers' keys must then be entered again.",
            whole(missing).display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(data: Option<&Path>) -> Result<Settings, Fault> {
    let mut settings = Settings::load(data)?;
    if std::env::var_os("QUICKVIBE_LOG").is_none() {
        "warn".clone_into(&mut settings.log);
    }
    telemetry::start(&settings)?;
    Ok(settings)
}

/// PostgreSQL's address without its password, if the data is there.
fn postgres(settings: &Settings) -> Option<String> {
    settings.database_url.starts_with("postgres").then(|| {
        match Url::parse(&settings.database_url) {
            Ok(mut url) => {
                // Only an address without a host cannot have one.
                let _ = url.set_password(None);
                url.to_string()
            }
            Err(_) => "postgres://…".to_owned(),
        }
    })
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.1} MB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_told() {
        let with = |url: &str| Settings { database_url: url.to_owned(), ..Settings::default() };
        let told = postgres(&with("postgres://ada:secret@db.example.org:5432/qv")).unwrap();
        assert_eq!(told, "postgres://ada@db.example.org:5432/qv");
        assert!(!postgres(&with("postgres://a:secret@[")).unwrap().contains("secret"));
        assert_eq!(postgres(&with("sqlite")), None);
        assert_eq!(quoted(Path::new("it's")), "'it'\\''s'");
    }
}
