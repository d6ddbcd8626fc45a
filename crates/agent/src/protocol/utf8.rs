/// Makes text of bytes that may be cut inside a character. What is not UTF-8 becomes U+FFFD.
#[derive(Debug, Clone, Default)]
pub struct Utf8Joiner {
    /// The beginning of a character, at most 3 bytes.
    pending: Vec<u8>,
}

impl Utf8Joiner {
    /// Takes bytes and gives the text that is certain by now.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let joined;
        let mut rest = if self.pending.is_empty() {
            bytes
        } else {
            self.pending.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.pending);
            &joined
        };
        let mut text = String::with_capacity(rest.len());
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    return text;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    let Some(bad) = error.error_len() else {
                        self.pending = after.to_vec();
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &after[bad..];
                }
            }
        }
    }

    /// The bytes are over: an unfinished character becomes U+FFFD.
    pub fn finish(&mut self) -> String {
        if self.pending.is_empty() {
            return String::new();
        }
        self.pending.clear();
        char::REPLACEMENT_CHARACTER.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_cut_gives_what_lossy_decoding_gives(
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..60),
                "\\PC{0,20}".prop_map(String::into_bytes),
            ],
            cuts in proptest::collection::vec(0usize..60, 0..8),
        ) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            cuts.push(bytes.len());
            let (mut joiner, mut text, mut from) = (Utf8Joiner::default(), String::new(), 0);
            for cut in cuts {
                text += &joiner.push(&bytes[from..cut]);
                from = cut;
            }
            text += &joiner.finish();
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }
    }
}
