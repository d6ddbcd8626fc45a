//! What settings may be: each refusal names the setting and what to set.

use url::{Host, Url};

use super::{MasterKey, PREFIX, Settings, keys};
use crate::fault::Fault;

impl Settings {
    pub(super) fn check(&self) -> Result<(), Fault> {
        let bad = |name: &str, remedy: &str| {
            Err(Fault::Config(format!("`{name}` ({PREFIX}{}): {remedy}", name.to_uppercase())))
        };
        for (name, value) in [
            ("changes_per_minute", self.changes_per_minute),
            ("turns_per_minute", self.turns_per_minute),
            ("sign_ins_per_minute", self.sign_ins_per_minute),
            ("sign_ups_per_hour", self.sign_ups_per_hour),
        ] {
            if value == 0 {
                return bad(name, "set at least 1");
            }
        }
        if self.turns_at_once == 0 {
            return bad("turns_at_once", "set at least 1");
        }
        if self.turns_per_user == 0 {
            return bad("turns_per_user", "set at least 1");
        }
        if self.turn_limit_minutes == 0 {
            return bad("turn_limit_minutes", "set at least 1");
        }
        if self.minimum_package_age_hours > 8_760 {
            return bad("minimum_package_age_hours", "set 0 to 8760");
        }
        if !(1..=36_500).contains(&self.audit_days) {
            return bad("audit_days", "set 1 to 36500");
        }
        for (name, value, least, most) in [
            ("sandbox_memory_mb", self.sandbox_memory_mb, 128, 1_000_000),
            ("sandbox_cpu_percent", self.sandbox_cpu_percent, 10, 10_000),
            ("sandbox_disk_mb", self.sandbox_disk_mb, 64, 1_000_000),
            ("sandbox_processes", self.sandbox_processes, 16, 30_000),
            ("sandbox_idle_minutes", self.sandbox_idle_minutes, 1, 100_000),
        ] {
            if !(least..=most).contains(&value) {
                return bad(name, &format!("set {least} to {most}"));
            }
        }
        for (name, value) in [
            ("sandboxes_at_once", self.sandboxes_at_once),
            ("sandboxes_per_user", self.sandboxes_per_user),
            ("installs_at_once", self.installs_at_once),
            ("browser_pages_at_once", self.browser_pages_at_once),
        ] {
            if !(1..=10_000).contains(&value) {
                return bad(name, "set 1 to 10000");
            }
        }
        if self.stop_seconds > 3_600 {
            return bad("stop_seconds", "set 0 to 3600");
        }
        for (name, value) in [
            ("file_mb", self.file_mb),
            ("project_mb", self.project_mb),
            ("upload_mb", self.upload_mb),
        ] {
            if value == 0 || value > 10_000 {
                return bad(name, "set 1 to 10000");
            }
        }
        for (name, value) in [
            ("free_month_usd", self.free_month_usd),
            ("free_turn_usd", Some(self.free_turn_usd)),
            ("free_repairs_usd", Some(self.free_repairs_usd)),
            ("pro_month_usd", self.pro_month_usd),
            ("pro_turn_usd", Some(self.pro_turn_usd)),
            ("pro_repairs_usd", Some(self.pro_repairs_usd)),
            ("team_month_usd", self.team_month_usd),
            ("team_turn_usd", Some(self.team_turn_usd)),
            ("team_repairs_usd", Some(self.team_repairs_usd)),
        ] {
            if value.is_some_and(|value| !(0.0..=1_000_000.0).contains(&value)) {
                return bad(name, "set 0 to 1000000 US dollars");
            }
        }
        if self.file_mb > self.project_mb {
            return bad(
                "file_mb",
                "a file cannot be larger than its project: set it to `project_mb` or less",
            );
        }
        if self.master_key == MasterKey::Command && self.master_key_command.is_empty() {
            return bad(
                "master_key_command",
                "set the program that prints the master key, and its arguments",
            );
        }
        if self.master_key == MasterKey::Passphrase && keys::passphrases().is_empty() {
            return bad("master_key", "set QUICKVIBE_MASTER_PASSPHRASE in the environment, too");
        }
        if let Some(url) = &self.public_url
            && (!matches!(url.scheme(), "http" | "https")
                || url.host_str().is_none()
                || url.path() != "/")
        {
            return bad(
                "public_url",
                "set scheme and host only, such as https://build.example.org",
            );
        }
        if !matches!(self.daytona_url.scheme(), "http" | "https") {
            return bad("daytona_url", "set an address such as https://app.daytona.io/api");
        }
        if let Some(url) = &self.breach_api
            && (!matches!(url.scheme(), "http" | "https") || url.query().is_some())
        {
            return bad(
                "breach_api",
                "set the address before the range, such as https://api.pwnedpasswords.com/range",
            );
        }
        if let Some(url) = &self.smtp_url {
            if !sends_safely(url) {
                return bad(
                    "smtp_url",
                    "set smtps://user:password@host, or smtp://user:password@host:587?tls=required; without encryption only on this machine",
                );
            }
            if self.public_url.is_none() {
                return bad("public_url", "set it, too: links in mail begin with it");
            }
            if self.mail_from.is_none() {
                return bad("mail_from", "set it, too, such as QuickVibe <build@example.org>");
            }
        }
        if let Some(domain) = &self.preview_domain
            && (domain.contains(['/', ':', ' ']) || !domain.contains('.'))
        {
            return bad("preview_domain", "set a plain domain, such as apps.example.net");
        }
        Ok(())
    }
}

/// Whether what goes to this mail server is encrypted, or stays on this machine.
fn sends_safely(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    match url.scheme() {
        "smtps" => true,
        "smtp" => {
            local || url.query_pairs().any(|(name, value)| name == "tls" && value == "required")
        }
        _ => false,
    }
}
