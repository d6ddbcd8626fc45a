use async_trait::async_trait;

/// What a page asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The host that it asks.
    pub host: String,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// What it sends along.
    pub body: Vec<u8>,
}

/// What it gets.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers; the body must not be compressed.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// Answers the requests of one page.
#[async_trait]
pub trait Serve: Send + Sync {
    /// The answer. `None` where there is nothing: the request fails.
    async fn answer(&self, request: Request) -> Option<Answer>;
}
