use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

use crate::Result;

/// How to reach what listens inside a sandbox.
#[derive(Debug, Clone)]
pub enum PreviewTarget {
    /// By connections that the engine makes; plain HTTP/1.1 is spoken on them.
    Dial(Arc<dyn Dialer>),
    /// By an address of the engine's.
    Http {
        /// Where `/` is.
        base: Url,
        /// What every request must carry. Values that are secret are marked so.
        headers: HeaderMap,
    },
}

/// Makes connections into a sandbox.
#[async_trait]
pub trait Dialer: fmt::Debug + Send + Sync {
    /// A new connection to the port that the target was asked for.
    ///
    /// # Errors
    /// `Transient` when nothing listens.
    async fn dial(&self) -> Result<Box<dyn Connection>>;
}

/// Bytes in both directions.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}
