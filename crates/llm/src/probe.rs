//! Model servers on this machine, found by asking at their usual doors.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::future;
use serde_json::Value;

use crate::catalogue::{LIST_LIMITS, Listing};
use crate::{Http, ModelInfo, ProviderKind};

/// How long a server may take for everything that it is asked. One that runs answers within a few milliseconds.
const PROBE_LIMIT: Duration = Duration::from_millis(300);

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeTargets {
    /// Which server is expected at which address. Only loopback addresses are asked.
    pub doors: Vec<(ProviderKind, SocketAddr)>,
}

impl Default for ProbeTargets {
    /// Ollama at 11434, LM Studio at 1234, llama-server at 8080.
    fn default() -> Self {
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            doors: vec![
                (ProviderKind::Ollama, at(11_434)),
                (ProviderKind::LmStudio, at(1_234)),
                (ProviderKind::LlamaServer, at(8_080)),
            ],
        }
    }
}

/// A model server that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalServer {
    /// Which one it is.
    pub kind: ProviderKind,
    /// For [`crate::ProviderConfig::base_url`].
    pub base_url: String,
    /// What it offers; may be empty.
    pub models: Vec<ModelInfo>,
}

/// Looks for model servers on this machine, all doors at once, by GET alone, within 300 ms. What does not answer in
/// time, or not as the expected server would, is not there.
pub async fn probe_local(http: &Http, targets: &ProbeTargets) -> Vec<LocalServer> {
    let doors = targets.doors.iter().filter(|(_, address)| address.ip().is_loopback());
    let knocks = doors.map(|(kind, address)| async move {
        tokio::time::timeout(PROBE_LIMIT, knock(http, *kind, *address)).await.ok().flatten()
    });
    future::join_all(knocks).await.into_iter().flatten().collect()
}

async fn knock(http: &Http, kind: ProviderKind, address: SocketAddr) -> Option<LocalServer> {
    let list = get(http, &format!("http://{address}/v1/models")).await?;
    let recognised = match kind {
        ProviderKind::Ollama => {
            let version = get(http, &format!("http://{address}/api/version")).await?;
            serde_json::from_str::<Value>(&version).ok()?["version"].is_string()
        }
        // At 8080 anything may live.
        ProviderKind::LlamaServer => owned_by(&list, "llamacpp"),
        _ => true,
    };
    let mut listing = Listing::default();
    listing.add_page(&list).ok()?;
    recognised.then(|| LocalServer {
        kind,
        base_url: format!("http://{address}/v1"),
        models: listing.into_models(),
    })
}

fn owned_by(list: &str, owner: &str) -> bool {
    serde_json::from_str::<Value>(list).is_ok_and(|json| {
        json["data"]
            .as_array()
            .is_some_and(|models| models.iter().any(|model| model["owned_by"] == owner))
    })
}

/// The body of a successful answer, if it is not too large.
async fn get(http: &Http, url: &str) -> Option<String> {
    let mut response = http.this_machine().get(url).send().await.ok()?.error_for_status().ok()?;
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.ok()? {
        body.extend_from_slice(&bytes);
        if body.len() > LIST_LIMITS.response_bytes {
            return None;
        }
    }
    String::from_utf8(body).ok()
}
