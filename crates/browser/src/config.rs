use std::path::PathBuf;
use std::time::Duration;

/// Which Chromium is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Program {
    /// None: apps are not looked at.
    #[default]
    Off,
    /// The first in `PATH` that is one.
    Found,
    /// This one.
    At(PathBuf),
}

/// How the browser works.
#[derive(Debug, Clone)]
pub struct BrowserConfig {
    /// Which Chromium.
    pub program: Program,
    /// How many pages are open at once.
    pub pages_at_once: usize,
    /// How many visits may wait for a page.
    pub most_waiting: usize,
    /// How long a visit may wait for a page.
    pub longest_wait: Duration,
    /// A browser that was not asked for so long ends.
    pub idle: Duration,
    /// After so many visits a browser is replaced: what leaks in it goes with it.
    pub visits_per_process: u32,
    /// How much memory it may have with all its processes, in bytes; beyond that it is ended.
    pub most_memory: u64,
    /// The host's user and group id of the browser, where the server is root. Nobody else's, and never 0.
    pub uid: u32,
}

impl BrowserConfig {
    /// The user id of browsers if nothing else is said: beyond those that systems give, and next to that of sandboxes.
    pub const UID: u32 = 2_000_000_002;
}

impl Default for BrowserConfig {
    fn default() -> Self {
        Self {
            program: Program::Off,
            pages_at_once: 2,
            most_waiting: 64,
            longest_wait: Duration::from_secs(60),
            idle: Duration::from_secs(120),
            visits_per_process: 200,
            most_memory: 2 << 30,
            uid: Self::UID,
        }
    }
}

/// What Chromium is called by those who package it.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell"];

impl Program {
    /// Where it is, or a sentence with the remedy.
    ///
    /// # Errors
    /// The sentence.
    pub fn find(&self) -> Result<PathBuf, String> {
        match self {
            Self::Off => {
                Err("Looking at apps in a browser is turned off (`chromium = \"off\"`).".to_owned())
            }
            Self::At(path) if path.is_file() => Ok(path.clone()),
            Self::At(path) => Err(format!(
                "There is no Chromium at {}: set `chromium` to where it is.",
                path.display()
            )),
            Self::Found => {
                let folders = std::env::var_os("PATH").unwrap_or_default();
                let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
                let places = NAMES
                    .iter()
                    .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
                places.into_iter().find(|place| place.is_file()).ok_or_else(|| {
                    "No Chromium is installed, so apps are compiled but not run by checks. Install it (Debian: `apt install \
                     chromium`), or set `chromium` to where one is."
                        .to_owned()
                })
            }
        }
    }
}
