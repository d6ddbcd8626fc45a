//! Where the master key comes from.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use qv_domain::Env;
use qv_security::{KeyRing, SALT_BYTES, SecretString, Zeroizing};
use tokio::io::AsyncReadExt as _;

use crate::{EngineError, Result, secret_file};

/// The master key's file in the data folder, unless the configuration says otherwise.
const FILE: &str = "master.key";
/// What goes with a passphrase, in the data folder.
const SALT: &str = "master.salt";
/// The credential's name, by which systemd hands it over.
const CREDENTIAL: &str = "quickvibe.master-key";
/// How long a command may take: it may ask another machine.
const COMMAND_TIME: Duration = Duration::from_secs(30);
/// The most that is read of its output.
const COMMAND_BYTES: u64 = 64 * 1024;

/// Where the master key comes from. Everywhere the current key is first, and keys from before it may follow.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// A file that only its owner can read, made at the first start: this one, or `master.key` in the data folder.
    File(Option<PathBuf>),
    /// A credential that systemd hands over.
    Credential,
    /// What a program prints: its path and arguments. No shell is involved.
    Command(Vec<String>),
    /// Passphrases, the present one first.
    Passphrases(Vec<SecretString>),
}

impl Default for MasterKeySource {
    fn default() -> Self {
        Self::File(None)
    }
}

impl MasterKeySource {
    /// The file that holds the key.
    pub(crate) fn key_file(&self, data_dir: &Path) -> Option<PathBuf> {
        match self {
            Self::File(Some(path)) => Some(path.clone()),
            Self::File(None) => Some(data_dir.join(FILE)),
            Self::Credential | Self::Command(_) | Self::Passphrases(_) => None,
        }
    }

    /// The file that must be kept so that secrets can be opened, if there is one.
    pub(crate) fn needed_file(&self, data_dir: &Path) -> Option<PathBuf> {
        match self {
            Self::Passphrases(_) => Some(data_dir.join(SALT)),
            _ => self.key_file(data_dir),
        }
    }

    /// Whether the keys are read from a file of this machine, which takes no time.
    pub(crate) const fn is_quick(&self) -> bool {
        matches!(self, Self::File(_) | Self::Credential)
    }

    /// Whether asking again can bring other keys than before.
    pub(crate) const fn may_change(&self) -> bool {
        !matches!(self, Self::Passphrases(_))
    }

    /// How a new key gets there, for sources that are not ours to write to.
    pub(crate) fn how_to_rotate(&self) -> &'static str {
        match self {
            Self::File(_) => "",
            Self::Credential => {
                "The master key is a credential of systemd: put a new line (`openssl rand -base64 32`) before those in \
                 it, start the server anew, then run this command again with the same credential. When it is done, \
                 take the lines after the first out."
            }
            Self::Command(_) => {
                "The master key is what a command prints: let it print a new line (`openssl rand -base64 32`) before \
                 those of now, then run this command again. When it is done, let it print the first alone."
            }
            Self::Passphrases(_) => {
                "The master key is made of a passphrase: set QUICKVIBE_MASTER_PASSPHRASE to a new one and \
                 QUICKVIBE_MASTER_PASSPHRASE_BEFORE to that of now, start the server anew, then run this command \
                 again with the same settings. When it is done, take QUICKVIBE_MASTER_PASSPHRASE_BEFORE away."
            }
        }
    }

    /// Reads the keys; makes the file where there is none yet. Only a server does so, at its start: whoever joins one
    /// would make a key that nothing is sealed under, and take it for the right one.
    pub(crate) async fn load_or_make(&self, data_dir: &Path, env: &dyn Env) -> Result<KeyRing> {
        if let Some(path) = self.key_file(data_dir) {
            secret_file::load_or_make(&path, || KeyRing::generate(env).expose().to_vec())?;
        }
        if matches!(self, Self::Passphrases(_)) {
            make_salt(data_dir, env)?;
        }
        self.load(data_dir).await
    }

    /// Reads the keys.
    pub(crate) async fn load(&self, data_dir: &Path) -> Result<KeyRing> {
        if let Some(path) = self.key_file(data_dir) {
            let bytes = Zeroizing::new(read(&path)?);
            require_private(&path)?;
            return parse(&bytes, &path.display().to_string());
        }
        match self {
            Self::Command(argv) => {
                let bytes = printed(argv).await?;
                parse(&bytes, &format!("what `{}` prints", name(argv)))
            }
            Self::Passphrases(passphrases) => {
                let salt = load_salt(data_dir)?;
                let passphrases = passphrases.clone();
                let derived = tokio::task::spawn_blocking(move || {
                    KeyRing::from_passphrases(&passphrases, &salt)
                });
                let derived = derived.await.map_err(|error| {
                    EngineError::Internal(format!("a passphrase was not hashed: {error}"))
                })?;
                derived.map_err(|error| {
                    EngineError::Secret(format!("QUICKVIBE_MASTER_PASSPHRASE: {error}"))
                })
            }
            Self::Credential | Self::File(_) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    EngineError::Secret(format!(
                        "the master key is to be a credential, and there is none: let systemd hand it over by \
                         `LoadCredentialEncrypted={CREDENTIAL}`, or set `master_key` to another source"
                    ))
                })?;
                let path = Path::new(&folder).join(CREDENTIAL);
                parse(&Zeroizing::new(read(&path)?), &path.display().to_string())
            }
        }
    }
}

fn parse(bytes: &[u8], place: &str) -> Result<KeyRing> {
    KeyRing::parse(bytes)
        .map_err(|error| EngineError::Secret(format!("the master key in {place}: {error}")))
}

/// Refuses a file that others than its owner can read.
fn require_private(path: &Path) -> Result<()> {
    let mode = std::fs::metadata(path)
        .map_err(|source| EngineError::Io {
            what: format!("cannot read {}", path.display()),
            source,
        })?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(EngineError::Secret(format!(
        "the master key in {0} is open to other users of this machine (mode {1:04o}): `chmod 600 {0}`. Where anybody \
         may have read it, `quickvibe admin rotate-master-key` puts a new one in its place",
        path.display(),
        mode & 0o7777,
    )))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| EngineError::Io {
        what: format!(
            "cannot read the master key's file {} (put it back; where it is lost for good, `quickvibe admin \
             rotate-master-key --lost` makes another)",
            path.display()
        ),
        source,
    })
}

fn make_salt(data_dir: &Path, env: &dyn Env) -> Result<()> {
    let make = || {
        let mut salt = [0; SALT_BYTES];
        env.fill_random(&mut salt);
        salt.to_vec()
    };
    secret_file::load_or_make(&data_dir.join(SALT), make).map(drop)
}

fn load_salt(data_dir: &Path) -> Result<[u8; SALT_BYTES]> {
    let path = data_dir.join(SALT);
    read(&path)?.try_into().map_err(|_| {
        EngineError::Secret(format!(
            "{} is not {SALT_BYTES} bytes: put the one back with which the secrets were sealed",
            path.display()
        ))
    })
}

/// A command by its program alone: its arguments may be secrets.
fn name(argv: &[String]) -> &str {
    argv.first().map_or("", String::as_str)
}

async fn printed(argv: &[String]) -> Result<Zeroizing<Vec<u8>>> {
    let [program, arguments @ ..] = argv else {
        return Err(EngineError::Secret(
            "`master_key_command` names no program: set it, or another `master_key`".to_owned(),
        ));
    };
    let fail = |source| EngineError::Io {
        what: format!("cannot run `{program}` for the master key"),
        source,
    };
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(fail)?;
    let mut output = Zeroizing::new(Vec::with_capacity(1024));
    let running = async {
        if let Some(stdout) = child.stdout.take() {
            stdout.take(COMMAND_BYTES).read_to_end(&mut output).await?;
        }
        child.wait().await
    };
    let ended = tokio::time::timeout(COMMAND_TIME, running).await.map_err(|_| {
        EngineError::Secret(format!(
            "`{program}` gave no master key within {} seconds",
            COMMAND_TIME.as_secs()
        ))
    })?;
    let status = ended.map_err(fail)?;
    if status.success() {
        return Ok(output);
    }
    Err(EngineError::Secret(format!(
        "`{program}` gave no master key: it ended with {status}. What it said is above"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;

    async fn load(source: &MasterKeySource, folder: &Path) -> Result<String> {
        source.load_or_make(folder, &SystemEnv).await.map(|ring| format!("{ring:?}"))
    }

    #[tokio::test]
    async fn whoever_joins_a_server_makes_no_key() {
        let folder = tempfile::tempdir().unwrap();
        for source in [
            MasterKeySource::default(),
            MasterKeySource::Passphrases(vec!["four unlike words, and more".into()]),
        ] {
            let error = source.load(folder.path()).await.unwrap_err().for_operator();
            assert!(error.contains("cannot read the master key's file"), "{error}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_is_made_once_and_must_stay_private() {
        let folder = tempfile::tempdir().unwrap();
        let source = MasterKeySource::default();
        let first = load(&source, folder.path()).await.unwrap();
        let path = folder.path().join(FILE);
        let made = std::fs::metadata(&path).unwrap();
        assert_eq!((made.permissions().mode() & 0o777, made.len()), (0o600, 32));
        assert_eq!(load(&source, folder.path()).await.unwrap(), first);
        for mode in [0o640, 0o604, 0o666] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let error = load(&source, folder.path()).await.unwrap_err().for_operator();
            assert!(
                error.contains("chmod 600") && error.contains(&format!("{mode:04o}")),
                "{error}"
            );
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
        assert_eq!(load(&source, folder.path()).await.unwrap(), first);
        // One elsewhere is another.
        let other = MasterKeySource::File(Some(folder.path().join("other")));
        assert_ne!(load(&other, folder.path()).await.unwrap(), first);
    }

    // asvs: 3
    #[tokio::test]
    async fn a_command_is_run_without_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        let command = |argv: &[&str]| {
            MasterKeySource::Command(argv.iter().map(|&part| part.to_owned()).collect())
        };
        let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let file = folder.path().join("key; touch x");
        std::fs::write(&file, format!("{key}\n")).unwrap();
        let from_file = load(&command(&["cat", &file.display().to_string()]), folder.path()).await;
        let printed = load(&command(&["printf", "%s", key]), folder.path()).await.unwrap();
        assert_eq!(from_file.unwrap(), printed);
        for (argv, words) in [
            (&[][..], "master_key_command"),
            (&["/nowhere/at-all"], "cannot run `/nowhere/at-all`"),
            (&["false"], "`false` gave no master key"),
            (&["printf", "%s", "sk-not-a-key"], "what `printf` prints"),
        ] {
            let error = load(&command(argv), folder.path()).await.unwrap_err().for_operator();
            assert!(error.contains(words) && !error.contains("sk-not"), "{words}: {error}");
        }
        assert!(!folder.path().join("x").exists());
    }

    #[tokio::test]
    async fn a_passphrase_goes_with_the_salt_of_its_folder() {
        let [folder, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let source = MasterKeySource::Passphrases(vec!["four unlike words, and more".into()]);
        let first = load(&source, folder.path()).await.unwrap();
        assert_eq!(load(&source, folder.path()).await.unwrap(), first);
        assert_ne!(load(&source, other.path()).await.unwrap(), first);
        let short = MasterKeySource::Passphrases(vec!["hunter2".into()]);
        let error = load(&short, folder.path()).await.unwrap_err().for_operator();
        assert!(error.contains("at least 20") && !error.contains("hunter2"), "{error}");
    }
}
