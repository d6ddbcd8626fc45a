/// Why something does not leave a sandbox. The text is what the sandbox's program is told, in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The head of the request is not HTTP as this proxy reads it.
    #[error("this is no request that the proxy understands: {0}")]
    Malformed(&'static str),
    /// The head is too long.
    #[error("the request's head is too long")]
    TooLong,
    /// The head took too long.
    #[error("the request's head took too long")]
    TooSlow,
    /// Not the registry.
    #[error("a sandbox may reach the npm registry and nothing else")]
    NotAllowed,
    /// A method that installing needs not.
    #[error("a sandbox may read from the npm registry, not write to it")]
    Method,
    /// The body is longer than anything that installing sends.
    #[error("the request's body is too long")]
    Body,
    /// The name leads to where nothing may be reached.
    #[error("the registry's name leads to an address that a sandbox may not reach")]
    Address,
    /// The name leads nowhere.
    #[error("the registry's name cannot be resolved")]
    Unresolved,
    /// Nobody answers there.
    #[error("the registry cannot be reached")]
    Unreachable,
    /// It answers with something that is no HTTP.
    #[error("the registry's answer cannot be understood")]
    Answer,
}

impl Refusal {
    const fn status(self) -> &'static str {
        match self {
            Self::Malformed(_) => "400 Bad Request",
            Self::TooLong => "431 Request Header Fields Too Large",
            Self::TooSlow => "408 Request Timeout",
            Self::NotAllowed | Self::Method | Self::Address => "403 Forbidden",
            Self::Body => "413 Content Too Large",
            Self::Unresolved | Self::Unreachable | Self::Answer => "502 Bad Gateway",
        }
    }

    /// Whether the sandbox asked for what it may not have; otherwise the registry is at fault.
    pub(super) const fn by_rule(self) -> bool {
        !matches!(self, Self::Unresolved | Self::Unreachable | Self::Answer)
    }

    /// The whole answer. The connection ends after it.
    pub(super) fn answer(self) -> String {
        let body = format!("{self}\n");
        format!(
            "HTTP/1.1 {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.status(),
            body.len()
        )
    }
}
