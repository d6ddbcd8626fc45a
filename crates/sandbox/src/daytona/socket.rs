//! WebSockets, spoken on connections that the HTTP client made.

use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Upgraded;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

use super::http::Api;
use crate::{Result, SandboxError};

/// The largest message that is taken.
const MOST_MESSAGE: usize = 4 << 20;

pub(super) type Socket = WebSocketStream<Upgraded>;

/// Opens a socket; `None` when what answers speaks plain HTTP only.
pub(super) async fn open(
    api: &Api,
    url: Url,
    protocol: Option<&'static str>,
) -> Result<Option<Socket>> {
    let key = generate_key();
    let value = HeaderValue::from_str(&key)
        .map_err(|_| SandboxError::Transient { message: "no key for a socket".to_owned() })?;
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_KEY, value);
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    }
    let response = api.upgrade(url, headers).await?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(None);
    }
    let expected = derive_accept_key(key.as_bytes());
    let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    if accepted.is_none_or(|accepted| accepted.as_bytes() != expected.as_bytes()) {
        let message = "what answers at Daytona speaks no WebSocket".to_owned();
        return Err(SandboxError::Transient { message });
    }
    let upgraded = response.upgrade().await.map_err(|_| SandboxError::Transient {
        message: "Daytona ended a connection that was just made".to_owned(),
    })?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST_MESSAGE))
        .max_frame_size(Some(MOST_MESSAGE));
    Ok(Some(Socket::from_raw_socket(upgraded, Role::Client, Some(config)).await))
}
