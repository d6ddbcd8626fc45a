use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Env, UnknownText};

/// What a project's preview is addressed by, as `<id>.preview.localhost`: 26 characters that nobody
/// can guess (130 bits), lower-case base32, so a valid DNS label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct PreviewId(String);

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl PreviewId {
    /// Its length in characters.
    pub const CHARS: usize = 26;

    /// A new one.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        let mut random = [0; Self::CHARS];
        env.fill_random(&mut random);
        Self(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PreviewId {
    type Err = UnknownText;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == Self::CHARS && text.bytes().all(|byte| ALPHABET.contains(&byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownText { kind: "PreviewId", text: text.chars().take(40).collect() })
        }
    }
}

impl TryFrom<String> for PreviewId {
    type Error = UnknownText;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PreviewId> for String {
    fn from(id: PreviewId) -> Self {
        id.0
    }
}

impl fmt::Display for PreviewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Ramp;
    impl Env for Ramp {
        fn now(&self) -> crate::Timestamp {
            crate::Timestamp::from_micros(0)
        }
        fn fill_random(&self, buf: &mut [u8]) {
            for (byte, value) in buf.iter_mut().zip(200u8..) {
                *byte = value;
            }
        }
    }

    #[test]
    fn is_a_dns_label_and_returns_from_text() {
        let id = PreviewId::generate(&Ramp);
        assert_eq!(id.as_str(), "ijklmnopqrstuvwxyz234567ab");
        assert_eq!(id.as_str().parse::<PreviewId>().unwrap(), id);
        for bad in ["", "abc", "IJKLMNOPQRSTUVWXYZ234567AB", "ijklmnopqrstuvwxyz234567a1"] {
            assert!(bad.parse::<PreviewId>().is_err(), "{bad:?} was taken");
        }
    }
}
