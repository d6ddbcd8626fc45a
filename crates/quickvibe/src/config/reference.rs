use std::fmt::Write as _;

/// One setting, documented.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in `quickvibe.toml`; in the environment `QUICKVIBE_` and the same in capitals.
    pub name: &'static str,
    /// What it is when nothing is said.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, about }
}

/// Every setting.
#[rustfmt::skip]
pub const REFERENCE: &[Setting] = &[
    setting("host", "127.0.0.1", "The address to listen on. `0.0.0.0` serves the local network."),
    setting("port", "4173", "The port to listen on."),
    setting("data", "./data", "The folder for the database, the master key and the package cache."),
    setting("database_url", "sqlite", "`sqlite` (a file in the data folder), `sqlite:<path>`, or `postgres://…`."),
    setting("public_url", "", "The address that people use, when it is not the one listened on, such as `https://build.example.org`."),
    setting("preview_domain", "", "The domain under which every preview has a sub-domain; use another registrable domain than the app's."),
    setting("trusted_proxies", "[\"127.0.0.1/32\", \"::1/128\"]", "Proxies that are believed about who asks (`X-Forwarded-For`), such as `[\"10.0.0.7/32\"]`. People must not be inside of these networks."),
    setting("changes_per_minute", "600", "Changes that one user, or one address that nobody has signed in from, may ask for in any minute."),
    setting("turns_per_minute", "30", "Turns that one user may begin in any minute."),
    setting("sign_ins_per_minute", "10", "Tries to sign in from one address in any minute."),
    setting("sign_up", "", "Who may make an account: `closed` (nobody), `invite` (whoever an administrator invites) or `open` (whoever asks). When nothing is said, `invite` where only this machine can reach the server, else `closed`."),
    setting("sign_ups_per_hour", "20", "Accounts that may be asked for from one address in any hour."),
    setting("smtp_url", "", "The mail server for links to set a new password: `smtps://user:password@mail.example.org`, or `smtp://user:password@mail.example.org:587?tls=required`. It needs `public_url` and `mail_from`. Without one, `quickvibe admin reset-link` prints them."),
    setting("mail_from", "", "Whom mail comes from, such as `QuickVibe <build@example.org>`."),
    setting("turns_at_once", "64", "Turns that run at once on this node; others wait in the queue."),
    setting("turns_per_user", "4", "Turns of one user that run at once."),
    setting("turn_limit_minutes", "30", "How long one turn may work, in minutes; then it ends with what it has."),
    setting("stop_seconds", "20", "How long running turns may go on after a signal to stop; a service manager must wait 5 seconds longer."),
    setting("open_projects", "32", "Projects that are kept compiled in memory."),
    setting("offline", "false", "Never ask the npm registry: use the packages that are built in or cached."),
    setting("minimum_package_age_hours", "24", "How long a version of an npm package must have been out before QuickVibe chooses it, in hours; 0 takes the newest. Stolen packages are mostly found within hours."),
    setting("model_addresses", "loopback", "Where model servers may be that people name in Settings: `public`, `loopback` (also this machine) or `private` (also private networks)."),
    setting("custom_base_url", "", "An OpenAI-compatible server for everyone; its key, if it needs one, in `QUICKVIBE_CUSTOM_API_KEY`."),
    setting("master_key", "file", "Where the master key comes from, under which every saved secret is sealed: `file` (made at the first start, for its owner alone), `credential` (of systemd, by the name `quickvibe.master-key`), `command` (what a program prints), or `passphrase` (`QUICKVIBE_MASTER_PASSPHRASE` in the environment, at least 20 characters, with `master.salt` in the data folder). A credential and a command give lines of base64 with 32 bytes each (`openssl rand -base64 32`), the present key first. Nodes of one instance have the same."),
    setting("master_key_file", "", "The file of `master_key = \"file\"`; `master.key` in the data folder when nothing is said."),
    setting("master_key_command", "[]", "The program of `master_key = \"command\"` and its arguments, such as `[\"/usr/bin/pass\", \"show\", \"quickvibe\"]`; no shell is involved."),
    setting("pepper_file", "", "Where the peppers of passwords are: lines `version:base64 of 32 bytes`, the newest is used. `peppers` in the data folder, made at the first start, when nothing is said. Nodes of one instance share it."),
    setting("breach_api", "", "Ask this service whether a new password was in a breach, such as `https://api.pwnedpasswords.com/range`: it hears five characters of a hash, gets one second, and its silence stops nobody."),
    setting("file_mb", "1", "The largest file of a project, in MB."),
    setting("project_mb", "50", "The largest project, in MB."),
    setting("upload_mb", "20", "The largest request, in MB."),
    setting("audit_days", "400", "How many days an entry of the audit log is kept."),
    setting("local_sandboxes", "true", "Run apps that need a machine in isolated sandboxes on this host (Linux). `quickvibe doctor` says whether it can; where it cannot, none are run."),
    setting("sandboxes_at_once", "20", "Sandboxes that run at once on this host; others wait or go elsewhere. Together they are promised `sandboxes_at_once` times `sandbox_memory_mb` of memory."),
    setting("sandboxes_per_user", "5", "Sandboxes of one person's projects that run at once, wherever they are."),
    setting("sandbox_memory_mb", "1024", "Memory of one sandbox, in MB, with what it keeps in temporary folders."),
    setting("sandbox_cpu_percent", "100", "Processor time of one sandbox; 100 is one processor."),
    setting("sandbox_disk_mb", "1024", "What one sandbox may keep on disk, in MB."),
    setting("sandbox_processes", "256", "Processes and threads of one sandbox."),
    setting("sandbox_idle_minutes", "15", "A sandbox that nobody uses for so long is stopped; its files are kept."),
    setting("installs_at_once", "2", "Installs of packages and builds that run at once, of all projects."),
    setting("chromium", "", "The Chromium that apps are looked at with after each step: a path, or `off`. The first of `chromium`, `chromium-browser`, `google-chrome`, `google-chrome-stable` and `headless_shell` in `PATH` when nothing is said. `quickvibe doctor` says whether it works; see docs/checks.md."),
    setting("browser_pages_at_once", "2", "Apps that are looked at at once; others wait."),
    setting("daytona_url", "https://app.daytona.io/api", "Where Daytona's API (version 0) is. Its key is in the environment only: `QUICKVIBE_DAYTONA_API_KEY`, or `DAYTONA_API_KEY`."),
    setting("daytona_snapshot", "", "The snapshot that machines at Daytona are made from; the account's default when nothing is said."),
    setting("daytona_target", "", "The region of machines at Daytona; the account's own when nothing is said."),
    setting("webcontainer", "false", "Let people run apps in their browser by WebContainer. It is StackBlitz's: commercial use needs their licence, and it loads from their host."),
    setting("free_engines", "all", "Where apps of the plan `free` may run beside the browser, such as `[\"local\"]`."),
    setting("pro_engines", "all", "The same for the plan `pro`."),
    setting("team_engines", "all", "The same for the plan `team`."),
    setting("free_month_usd", "", "What a user of the plan `free` may spend on models in a month (UTC), in US dollars; no limit when nothing is said."),
    setting("free_turn_usd", "2", "What one turn of a user of the plan `free` may spend, in US dollars."),
    setting("free_repairs_usd", "5", "What the instance pays in a month for mending what the agent got wrong for a user of the plan `free`, in US dollars."),
    setting("pro_month_usd", "", "What a user of the plan `pro` may spend on models in a month (UTC), in US dollars; no limit when nothing is said."),
    setting("pro_turn_usd", "2", "What one turn of a user of the plan `pro` may spend, in US dollars."),
    setting("pro_repairs_usd", "5", "What the instance pays in a month for mending what the agent got wrong for a user of the plan `pro`, in US dollars."),
    setting("team_month_usd", "", "What a user of the plan `team` may spend on models in a month (UTC), in US dollars; no limit when nothing is said."),
    setting("team_turn_usd", "2", "What one turn of a user of the plan `team` may spend, in US dollars."),
    setting("team_repairs_usd", "5", "What the instance pays in a month for mending what the agent got wrong for a user of the plan `team`, in US dollars."),
    setting("log", "info", "What is logged: a level, or `info,qv_engine=debug`."),
    setting("log_format", "text", "`text` or `json`."),
];

/// The reference as a page.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Configuration\n\n<!-- Generated from crates/quickvibe/src/config/reference.rs by `cargo xtask gen`. Do not edit. -->\n\n\
         Settings come from `quickvibe.toml` in the data folder, then from the environment, then from flags; the later wins.\n\n\
         | in `quickvibe.toml` | in the environment | default | what it does |\n|---|---|---|---|\n",
    );
    for Setting { name, default, about } in REFERENCE {
        let default = if default.is_empty() { "none".to_owned() } else { format!("`{default}`") };
        let _ = writeln!(
            page,
            "| `{name}` | `QUICKVIBE_{}` | {default} | {about} |",
            name.to_uppercase()
        );
    }
    page.push_str(
        "\nKeys of model providers are read from the names that their own tools use: `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, \
         `OPENROUTER_API_KEY`, `DEEPSEEK_API_KEY`, `GEMINI_API_KEY`. A key that a user saves in Settings goes first, then the one that \
         `quickvibe admin rotate-key PROVIDER` keeps for everybody, then the environment's.\n",
    );
    page
}
