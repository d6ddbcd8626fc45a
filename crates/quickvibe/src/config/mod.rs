//! Configuration: a file `quickvibe.toml` in the data folder, then the environment, then flags.
//!
//! Each setting has one name: `port` in the file is `QUICKVIBE_PORT` in the environment. [`REFERENCE`] documents
//! them; `docs/CONFIG.md` is printed from it.

mod check;
mod keys;
mod reference;
mod sandboxes;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use qv_domain::{EngineKind, Limits, SignUpMode};
use qv_engine::{
    BrowserConfig, BrowserProgram, EngineConfig, MailConfig, MasterKeySource, PlanBudget,
    PlanBudgets,
};
use qv_llm::AddressPolicy;
use qv_security::SecretString;
use qv_server::{IpNet, Rates, ServerConfig};
use serde::{Deserialize, Serialize};
use url::Url;

pub use reference::{REFERENCE, Setting, markdown};

use crate::fault::Fault;

const PREFIX: &str = "QUICKVIBE_";
const FILE: &str = "quickvibe.toml";

/// Everything that can be set. See [`REFERENCE`] for what each means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "REFERENCE documents each by its name")]
pub struct Settings {
    pub host: IpAddr,
    pub port: u16,
    pub data: PathBuf,
    pub database_url: String,
    pub public_url: Option<Url>,
    pub preview_domain: Option<String>,
    pub trusted_proxies: Vec<IpNet>,
    pub changes_per_minute: u32,
    pub turns_per_minute: u32,
    pub sign_ins_per_minute: u32,
    pub sign_up: Option<SignUp>,
    pub sign_ups_per_hour: u32,
    pub smtp_url: Option<Url>,
    pub mail_from: Option<String>,
    pub turns_at_once: usize,
    pub turns_per_user: u32,
    pub turn_limit_minutes: u32,
    pub stop_seconds: u32,
    pub open_projects: usize,
    pub offline: bool,
    pub minimum_package_age_hours: u32,
    pub model_addresses: Addresses,
    pub custom_base_url: Option<String>,
    pub master_key: MasterKey,
    pub master_key_file: Option<PathBuf>,
    pub master_key_command: Vec<String>,
    pub pepper_file: Option<PathBuf>,
    pub breach_api: Option<Url>,
    pub file_mb: u32,
    pub project_mb: u32,
    pub upload_mb: u32,
    pub audit_days: u32,
    pub local_sandboxes: bool,
    pub sandboxes_at_once: usize,
    pub sandboxes_per_user: usize,
    pub sandbox_memory_mb: u32,
    pub sandbox_cpu_percent: u32,
    pub sandbox_disk_mb: u32,
    pub sandbox_processes: u32,
    pub sandbox_idle_minutes: u32,
    pub installs_at_once: usize,
    pub chromium: String,
    pub browser_pages_at_once: usize,
    pub daytona_url: Url,
    pub daytona_snapshot: Option<String>,
    pub daytona_target: Option<String>,
    pub webcontainer: bool,
    pub free_engines: Vec<EngineKind>,
    pub pro_engines: Vec<EngineKind>,
    pub team_engines: Vec<EngineKind>,
    pub free_month_usd: Option<f64>,
    pub free_turn_usd: f64,
    pub free_repairs_usd: f64,
    pub pro_month_usd: Option<f64>,
    pub pro_turn_usd: f64,
    pub pro_repairs_usd: f64,
    pub team_month_usd: Option<f64>,
    pub team_turn_usd: f64,
    pub team_repairs_usd: f64,
    pub log: String,
    pub log_format: LogFormat,
}

/// Where model servers may be that people name themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addresses {
    /// The public internet only.
    Public,
    /// Also this machine.
    Loopback,
    /// Also private networks.
    Private,
}

/// Who may make an account for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Nobody.
    Closed,
    /// Whoever an administrator has invited.
    Invite,
    /// Whoever asks.
    Open,
}

/// Where the master key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MasterKey {
    /// A file that only its owner can read.
    File,
    /// A credential that systemd hands over.
    Credential,
    /// What a program prints.
    Command,
    /// `QUICKVIBE_MASTER_PASSPHRASE` in the environment.
    Passphrase,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 4173,
            data: PathBuf::from("./data"),
            database_url: "sqlite".to_owned(),
            public_url: None,
            preview_domain: None,
            // A proxy on this machine; whoever else is on it needs no header to deceive us.
            trusted_proxies: [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)]
                .map(IpNet::from)
                .into(),
            changes_per_minute: 600,
            turns_per_minute: 30,
            sign_ins_per_minute: 10,
            sign_up: None,
            sign_ups_per_hour: 20,
            smtp_url: None,
            mail_from: None,
            turns_at_once: 64,
            turns_per_user: 4,
            turn_limit_minutes: 30,
            stop_seconds: 20,
            open_projects: 32,
            offline: false,
            minimum_package_age_hours: 24,
            model_addresses: Addresses::Loopback,
            custom_base_url: None,
            master_key: MasterKey::File,
            master_key_file: None,
            master_key_command: Vec::new(),
            pepper_file: None,
            breach_api: None,
            file_mb: 1,
            project_mb: 50,
            upload_mb: 20,
            audit_days: 400,
            local_sandboxes: true,
            sandboxes_at_once: 20,
            sandboxes_per_user: 5,
            sandbox_memory_mb: 1_024,
            sandbox_cpu_percent: 100,
            sandbox_disk_mb: 1_024,
            sandbox_processes: 256,
            sandbox_idle_minutes: 15,
            installs_at_once: 2,
            chromium: String::new(),
            browser_pages_at_once: 2,
            daytona_url: daytona_api(),
            daytona_snapshot: None,
            daytona_target: None,
            webcontainer: false,
            free_engines: EngineKind::ALL.to_vec(),
            pro_engines: EngineKind::ALL.to_vec(),
            team_engines: EngineKind::ALL.to_vec(),
            free_month_usd: None,
            free_turn_usd: 2.0,
            free_repairs_usd: 5.0,
            pro_month_usd: None,
            pro_turn_usd: 2.0,
            pro_repairs_usd: 5.0,
            team_month_usd: None,
            team_turn_usd: 2.0,
            team_repairs_usd: 5.0,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

impl Settings {
    /// Reads the settings; `data` is the folder that a flag names.
    pub(crate) fn load(data: Option<&Path>) -> Result<Self, Fault> {
        let folder = match data {
            Some(folder) => folder.to_path_buf(),
            None => std::env::var_os("QUICKVIBE_DATA")
                .map_or_else(|| Self::default().data, PathBuf::from),
        };
        let known: Vec<&str> = REFERENCE.iter().map(|setting| setting.name).collect();
        let environment = Env::prefixed(PREFIX).only(&known);
        let mut sources = Figment::from(Serialized::defaults(Self::default()));
        let file = folder.join(FILE);
        if file.is_file() {
            sources = sources.merge(Toml::file_exact(file));
        }
        let settings: Self = sources
            .merge(environment)
            .merge(("data", &folder))
            .extract()
            .map_err(|error| Fault::Config(explain(&error)))?;
        settings.check()?;
        Ok(settings)
    }

    /// What the engine is started with.
    pub(crate) fn engine(&self) -> EngineConfig {
        let megabytes = |count: u32| u64::from(count) * 1_000_000;
        let mut config = EngineConfig::new(&self.data);
        config.database_url.clone_from(&self.database_url);
        config.limits = Limits {
            file_bytes: megabytes(self.file_mb),
            project_bytes: megabytes(self.project_mb),
            upload_bytes: megabytes(self.upload_mb),
            ..Limits::default()
        };
        config.turns_at_once = self.turns_at_once;
        config.turns_per_user = self.turns_per_user;
        config.turn_limit = Duration::from_secs(60 * u64::from(self.turn_limit_minutes));
        config.plans = PlanBudgets {
            free: plan(self.free_month_usd, self.free_turn_usd, self.free_repairs_usd),
            pro: plan(self.pro_month_usd, self.pro_turn_usd, self.pro_repairs_usd),
            team: plan(self.team_month_usd, self.team_turn_usd, self.team_repairs_usd),
        };
        config.open_projects = self.open_projects;
        config.audit_days = self.audit_days;
        config.offline = self.offline;
        config.minimum_package_age =
            Duration::from_secs(3_600 * u64::from(self.minimum_package_age_hours));
        config.master_key = match self.master_key {
            MasterKey::File => MasterKeySource::File(self.master_key_file.clone()),
            MasterKey::Credential => MasterKeySource::Credential,
            MasterKey::Command => MasterKeySource::Command(self.master_key_command.clone()),
            MasterKey::Passphrase => MasterKeySource::Passphrases(keys::passphrases()),
        };
        config.pepper_file.clone_from(&self.pepper_file);
        config.breach_api = self.breach_api.as_ref().map(Url::to_string);
        config.sign_up = self.sign_up_mode();
        config.mail = self.mail();
        config.addresses = match self.model_addresses {
            Addresses::Public => AddressPolicy::PublicOnly,
            Addresses::Loopback => AddressPolicy::AllowLoopback,
            Addresses::Private => AddressPolicy::AllowPrivate,
        };
        config.environment_keys = keys::from_environment(self.custom_base_url.as_deref());
        config.sandboxes = self.sandboxes();
        config.browser = self.browser();
        config
    }

    /// Who may make an account. Where only this machine can ask, invitations do no harm; else it is closed until the
    /// operator says so.
    fn sign_up_mode(&self) -> SignUpMode {
        match self.sign_up {
            Some(SignUp::Closed) => SignUpMode::Closed,
            Some(SignUp::Invite) => SignUpMode::Invite,
            Some(SignUp::Open) => SignUpMode::Open,
            None if self.host.is_loopback() => SignUpMode::Invite,
            None => SignUpMode::Closed,
        }
    }

    /// The browser that apps are looked at with.
    fn browser(&self) -> BrowserConfig {
        let program = match self.chromium.as_str() {
            "" => BrowserProgram::Found,
            "off" => BrowserProgram::Off,
            path => BrowserProgram::At(path.into()),
        };
        BrowserConfig {
            program,
            pages_at_once: self.browser_pages_at_once,
            ..BrowserConfig::default()
        }
    }

    /// How mail is sent, if it is.
    fn mail(&self) -> Option<MailConfig> {
        let (smtp, from) = self.smtp_url.as_ref().zip(self.mail_from.as_ref())?;
        Some(MailConfig {
            smtp_url: SecretString::from(smtp.as_str()),
            from: from.clone(),
            site: self.site(self.port),
        })
    }

    /// The address to open, where the server listens on this port.
    pub(crate) fn site(&self, port: u16) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if self.host.is_loopback() || self.host.is_unspecified() => {
                format!("http://localhost:{port}")
            }
            None => format!("http://{}", std::net::SocketAddr::new(self.host, port)),
        }
    }

    /// What the server is started with.
    pub(crate) fn server(&self) -> ServerConfig {
        ServerConfig {
            public_url: self.public_url.clone(),
            preview_domain: self.preview_domain.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            rates: Rates {
                sign_ups: Rates::sign_ups(self.sign_ups_per_hour),
                ..Rates::per_minute(
                    self.changes_per_minute,
                    self.turns_per_minute,
                    self.sign_ins_per_minute,
                )
            },
        }
    }
}

/// Daytona's own cloud.
#[expect(clippy::expect_used, reason = "a constant")]
fn daytona_api() -> Url {
    Url::parse("https://app.daytona.io/api").expect("a valid address")
}

fn plan(month: Option<f64>, turn: f64, repairs: f64) -> PlanBudget {
    PlanBudget { month: month.map(nanousd), turn: nanousd(turn), repairs: nanousd(repairs) }
}

/// US dollars, which were checked, in billionths.
#[expect(clippy::cast_possible_truncation, reason = "at most 10^15")]
fn nanousd(usd: f64) -> i64 {
    (usd * 1e9).round() as i64
}

/// Names the key, where it was set, and what is wrong.
fn explain(error: &figment::Error) -> String {
    let key = error.path.join(".");
    let place =
        error.metadata.as_ref().map(|metadata| metadata.name.to_string()).unwrap_or_default();
    if key.is_empty() {
        return format!("{} (in {place}). Known settings are in docs/CONFIG.md", error.kind);
    }
    format!("`{key}` ({PREFIX}{}): {} (in {place})", key.to_uppercase(), error.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_documented_once() {
        let value = serde_json::to_value(Settings::default()).unwrap();
        let fields: std::collections::BTreeSet<&str> =
            value.as_object().unwrap().keys().map(String::as_str).collect();
        let documented: std::collections::BTreeSet<&str> =
            REFERENCE.iter().map(|s| s.name).collect();
        assert_eq!(fields, documented);
        assert_eq!(documented.len(), REFERENCE.len());
    }

    // asvs: 31
    #[test]
    fn nobody_makes_an_account_beyond_this_machine_unless_the_operator_says_so() {
        let mode = |host: &str, sign_up| {
            let host = host.parse().unwrap();
            Settings { host, sign_up, ..Settings::default() }.engine().sign_up
        };
        for host in ["0.0.0.0", "192.168.1.5", "::"] {
            assert_eq!(mode(host, None), SignUpMode::Closed, "{host}");
            assert_eq!(mode(host, Some(SignUp::Open)), SignUpMode::Open, "{host}");
        }
        assert_eq!(mode("127.0.0.1", None), SignUpMode::Invite);
        assert_eq!(mode("::1", Some(SignUp::Closed)), SignUpMode::Closed);
    }

    #[test]
    fn a_file_sets_and_a_mistake_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "turns_at_once = 9\nlog_format = \"json\"")
            .unwrap();
        let settings = Settings::load(Some(folder.path())).unwrap();
        assert_eq!((settings.turns_at_once, settings.log_format), (9, LogFormat::Json));
        for (text, named) in [
            ("turnz_at_once = 9", "turnz_at_once"),
            ("turns_at_once = 0", "QUICKVIBE_TURNS_AT_ONCE"),
            ("port = \"many\"", "QUICKVIBE_PORT"),
            ("pro_month_usd = -1.0", "QUICKVIBE_PRO_MONTH_USD"),
            ("audit_days = 0", "QUICKVIBE_AUDIT_DAYS"),
            ("sign_ins_per_minute = 0", "QUICKVIBE_SIGN_INS_PER_MINUTE"),
            ("trusted_proxies = [\"10.0.0.300/8\"]", "trusted_proxies"),
            ("public_url = \"build.example.org\"", "public_url"),
            ("sign_up = \"everybody\"", "sign_up"),
            ("smtp_url = \"smtp://mail.example.org\"", "tls=required"),
            ("smtp_url = \"https://mail.example.org\"", "QUICKVIBE_SMTP_URL"),
            ("smtp_url = \"smtps://mail.example.org\"", "QUICKVIBE_PUBLIC_URL"),
            (
                "smtp_url = \"smtps://mail.example.org\"\npublic_url = \"https://build.example.org\"",
                "QUICKVIBE_MAIL_FROM",
            ),
        ] {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            let message = Settings::load(Some(folder.path())).unwrap_err().to_string();
            assert!(message.contains(named), "{text}: {message}");
        }
    }
}
