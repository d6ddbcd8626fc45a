use std::time::Duration;

/// How long and how large an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// From sending the request to the first byte of the answer's body.
    pub first_byte: Duration,
    /// Between two pieces of the answer; a server's keep-alive counts as one.
    pub idle: Duration,
    /// The whole call.
    pub total: Duration,
    /// The longest single event, in bytes.
    pub event_bytes: usize,
    /// The longest answer, in bytes as sent.
    pub response_bytes: usize,
}

impl CallLimits {
    /// For providers on the internet. Reasoning models are silent while they think, hence the minutes.
    pub const HOSTED: Self = Self {
        first_byte: Duration::from_secs(180),
        idle: Duration::from_secs(180),
        total: Duration::from_secs(30 * 60),
        event_bytes: 1_000_000,
        response_bytes: 8_000_000,
    };

    /// For servers on people's own machines, which load a model first and then read the request slowly.
    pub const LOCAL: Self = Self {
        first_byte: Duration::from_secs(10 * 60),
        idle: Duration::from_secs(5 * 60),
        total: Duration::from_secs(60 * 60),
        ..Self::HOSTED
    };
}
