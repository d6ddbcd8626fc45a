//! Passwords that were in breaches: an operator's list on disk, and a range service when one is configured.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha1::{Digest as _, Sha1};

use super::import::{FILE, MAGIC};
use crate::{EngineConfig, EngineError, Result};

/// The range service gets this long; a password is then judged without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// Answers have about 800 to 1,000 lines of 40 bytes, and with padding a few more.
const MOST_BYTES: usize = 512 * 1024;
/// How much of a hash is told: so many passwords share it that nobody learns which one it was.
const TOLD: usize = 5;

#[derive(Debug)]
pub(crate) struct Breached {
    list: PathBuf,
    range: Option<Range>,
}

#[derive(Debug)]
struct Range {
    http: reqwest::Client,
    address: String,
}

impl Breached {
    pub(crate) fn open(config: &EngineConfig) -> Result<Self> {
        let range = config.breach_api.as_ref().filter(|_| !config.offline).map(|address| {
            let http = reqwest::Client::builder()
                .timeout(PATIENCE)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| EngineError::Internal(format!("no HTTP client: {error}")))?;
            Ok::<_, EngineError>(Range { http, address: address.trim_end_matches('/').to_owned() })
        });
        Ok(Self { list: config.data_dir.join(FILE), range: range.transpose()? })
    }

    /// Whether a password is known from a breach. What cannot be asked is logged and counts as "no".
    pub(crate) async fn knows(&self, password: &str) -> bool {
        let hash: [u8; 20] = Sha1::digest(password.as_bytes()).into();
        let list = self.list.clone();
        match tokio::task::spawn_blocking(move || listed(&list, &hash)).await {
            Ok(Ok(true)) => return true,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, list = %self.list.display(), "the list of breached passwords cannot be read");
            }
            Err(error) => tracing::warn!(%error, "the list of breached passwords was not read"),
        }
        let Some(range) = &self.range else { return false };
        match range.knows(&hash).await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(%error, "the service for breached passwords did not answer: judged without it");
                false
            }
        }
    }
}

/// Looks into the sorted list that an import wrote; false when there is none.
fn listed(list: &Path, hash: &[u8; 20]) -> io::Result<bool> {
    let file = match File::open(list) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, 0)?;
    if bytes != *MAGIC {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is no such list: import it again",
        ));
    }
    let wanted = prefix(hash);
    let (mut low, mut high) = (0, file.metadata()?.len() / 8 - 1);
    while low < high {
        let middle = low.midpoint(high);
        file.read_exact_at(&mut bytes, (middle + 1) * 8)?;
        match u64::from_be_bytes(bytes).cmp(&wanted) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(false)
}

/// What the list keeps of a hash: with a billion rows, one password in ten billion is taken for a listed one.
pub(super) fn prefix(hash: &[u8; 20]) -> u64 {
    hash.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

impl Range {
    async fn knows(&self, hash: &[u8; 20]) -> Result<bool, String> {
        let hex = hash.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        let (told, kept) = hex.split_at(TOLD);
        let ask = self.http.get(format!("{}/{told}", self.address)).header("add-padding", "true");
        let mut answer = ask.send().await.map_err(|error| error.without_url().to_string())?;
        if !answer.status().is_success() {
            return Err(format!("it answered {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| error.without_url().to_string())?
        {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err("its answer is too long".to_owned());
            }
        }
        let text = String::from_utf8_lossy(&body);
        // Rows that pad the answer have a count of 0.
        Ok(text.lines().filter_map(|line| line.trim().split_once(':')).any(|(rest, count)| {
            rest.eq_ignore_ascii_case(kept) && count.trim().parse::<u64>().is_ok_and(|n| n > 0)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::import::import_breached;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn hash(password: &str) -> [u8; 20] {
        Sha1::digest(password.as_bytes()).into()
    }

    fn hex(password: &str) -> String {
        hash(password).iter().map(|byte| format!("{byte:02X}")).collect()
    }

    // asvs: 28
    #[tokio::test]
    async fn what_was_imported_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("pwned.txt");
        let mut lines: Vec<String> =
            (0..2_000).map(|n| format!("{}:{n}", hex(&format!("password {n}")))).collect();
        lines.push("a plain password".to_owned());
        lines.push(hex("without a count").to_lowercase());
        lines.push(lines[0].clone());
        std::fs::write(&source, lines.join("\r\n")).unwrap();
        let breached = Breached::open(&EngineConfig::new(folder.path())).unwrap();
        assert!(!breached.knows("password 7").await, "there is no list yet");
        let imported = import_breached(folder.path(), &source).unwrap();
        assert_eq!(imported.passwords, 2_002);
        for known in ["password 0", "password 1999", "a plain password", "without a count"] {
            assert!(breached.knows(known).await, "{known}");
        }
        for unknown in ["password 2000", "", "A plain password"] {
            assert!(!breached.knows(unknown).await, "{unknown}");
        }
        std::fs::write(folder.path().join(FILE), "something else").unwrap();
        assert!(!breached.knows("password 7").await, "a damaged list stops nobody");
    }

    /// A range service that answers one request with `body`, and tells what it was asked.
    async fn service(
        status: &'static str,
        body: String,
    ) -> (String, tokio::task::JoinHandle<String>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/range/", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4_096];
            let count = stream.read(&mut asked).await.unwrap();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            String::from_utf8_lossy(&asked[..count]).to_lowercase()
        });
        (address, asked)
    }

    // asvs: 28
    #[tokio::test]
    async fn a_service_hears_five_characters_and_may_fail() {
        let folder = tempfile::tempdir().unwrap();
        let ask = async |status, body: String| {
            let (address, asked) = service(status, body).await;
            let mut config = EngineConfig::new(folder.path());
            config.breach_api = Some(address);
            let known = Breached::open(&config).unwrap().knows("breached one").await;
            (known, asked.await.unwrap())
        };
        let hex = hex("breached one");
        let row = |count: u32| format!("{}:3\r\n{}:{count}\r\n", "0".repeat(35), &hex[5..]);
        let (known, asked) = ask("200 OK", row(12)).await;
        assert!(known);
        let told = format!("get /range/{} http", hex[..5].to_lowercase());
        assert!(asked.starts_with(&told), "{asked}");
        assert!(asked.contains("add-padding: true"), "{asked}");
        assert!(!asked.contains(&hex[5..].to_lowercase()), "{asked}");
        assert!(!ask("200 OK", row(0)).await.0, "padding");
        assert!(!ask("503 Unavailable", row(12)).await.0, "it fails open");
    }
}
