//! The two streams of a command, told apart in its one log.
//!
//! Daytona marks what follows as standard output by three bytes of 1 and as standard error by three of 2, and keeps
//! whole lines: it adds a line end where the last line lacks one. So that it is known what the command itself wrote, how it
//! ended and when all of it is there, the script that runs it (see `script`) writes marks of our own: a byte 30, a word
//! that nobody can guess, and what it tells.

use bytes::Bytes;

use crate::Output;

const STDOUT: &[u8] = &[1, 1, 1];
const STDERR: &[u8] = &[2, 2, 2];
/// What a mark begins with.
const MARK: u8 = 30;
/// The longest mark.
const LONGEST_MARK: usize = 80;

/// What a log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The command wrote something.
    Wrote(Output, Bytes),
    /// It begins.
    Begins,
    /// It cannot: there is no such folder.
    NoFolder,
    /// It cannot: there is no such program.
    NoProgram,
    /// It ended by itself, with this code.
    Ended(i32),
    /// Nothing more comes from one of the streams.
    Last(Output),
}

/// Reads a log as it comes.
#[derive(Debug)]
pub(super) struct Demux {
    nonce: String,
    now: Output,
    /// What cannot be told yet: the beginning of a mark.
    held: Vec<u8>,
}

impl Demux {
    pub(super) fn new(nonce: &str) -> Self {
        Self { nonce: nonce.to_owned(), now: Output::Stdout, held: Vec::new() }
    }

    /// Takes the next bytes of the log.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Told> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let (mut told, mut plain) = (Vec::new(), Vec::new());
        let mut rest = held.as_slice();
        while let Some(&first) = rest.first() {
            let step = match first {
                1 | 2 => self.stream_mark(rest, &mut plain, &mut told),
                MARK => self.own_mark(rest, &mut plain, &mut told),
                _ => {
                    plain.push(first);
                    Some(1)
                }
            };
            let Some(step) = step else { break };
            rest = rest.get(step..).unwrap_or_default();
        }
        self.held = rest.to_vec();
        self.flush(&mut plain, &mut told);
        told
    }

    /// Whatever is still held back, at the end of the log.
    pub(super) fn finish(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        let mut rest = std::mem::take(&mut self.held);
        self.flush(&mut rest, &mut told);
        told
    }

    fn flush(&self, plain: &mut Vec<u8>, told: &mut Vec<Told>) {
        if !plain.is_empty() {
            told.push(Told::Wrote(self.now, std::mem::take(plain).into()));
        }
    }

    /// How many bytes are dealt with; `None` when more are needed.
    fn stream_mark(
        &mut self,
        rest: &[u8],
        plain: &mut Vec<u8>,
        told: &mut Vec<Told>,
    ) -> Option<usize> {
        for (mark, stream) in [(STDOUT, Output::Stdout), (STDERR, Output::Stderr)] {
            if rest.starts_with(mark) {
                self.flush(plain, told);
                self.now = stream;
                return Some(mark.len());
            }
            if mark.starts_with(rest) {
                return None;
            }
        }
        plain.push(*rest.first()?);
        Some(1)
    }

    fn own_mark(
        &mut self,
        rest: &[u8],
        plain: &mut Vec<u8>,
        told: &mut Vec<Told>,
    ) -> Option<usize> {
        let mut mark = vec![MARK];
        mark.extend_from_slice(self.nonce.as_bytes());
        let shared = mark.len().min(rest.len());
        if rest.get(..shared) != mark.get(..shared) {
            plain.push(MARK);
            return Some(1);
        }
        // A mark ends with its line; a terminal ends lines with two bytes.
        let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
            if rest.len() > LONGEST_MARK {
                plain.push(MARK);
                return Some(1);
            }
            return None;
        };
        let words = rest.get(mark.len()..end).unwrap_or_default();
        let words = String::from_utf8_lossy(words);
        let words = words.trim();
        let meant = match words.strip_prefix("ended ") {
            Some(code) => code.parse().ok().map(Told::Ended),
            None => match words {
                "begins" => Some(Told::Begins),
                "no-folder" => Some(Told::NoFolder),
                "no-program" => Some(Told::NoProgram),
                "last-out" => Some(Told::Last(Output::Stdout)),
                "last-err" => Some(Told::Last(Output::Stderr)),
                _ => None,
            },
        };
        let Some(meant) = meant else {
            plain.push(MARK);
            return Some(1);
        };
        self.flush(plain, told);
        told.push(meant);
        Some(end + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(told: Vec<Told>) -> Vec<Told> {
        let mut all: Vec<Told> = Vec::new();
        for one in told {
            if let (Some(Told::Wrote(last, before)), Told::Wrote(now, bytes)) =
                (all.last_mut(), &one)
                && last == now
            {
                *before = [&before[..], &bytes[..]].concat().into();
                continue;
            }
            all.push(one);
        }
        all
    }

    fn whole(nonce: &str, log: &[u8]) -> Vec<Told> {
        let mut demux = Demux::new(nonce);
        let mut told = demux.push(log);
        told.extend(demux.finish());
        joined(told)
    }

    fn wrote(stream: Output, text: &'static str) -> Told {
        Told::Wrote(stream, Bytes::from_static(text.as_bytes()))
    }

    const LOG: &[u8] = b"\x01\x01\x01\x1eabc begins\n\x01\x01\x01one\n\x02\x02\x02bad\n\x01\x01\x01two\x1eabc ended 3\n\
        \x02\x02\x02\x1eabc last-err\n\x01\x01\x01\x1eabc last-out\n";

    fn expected() -> Vec<Told> {
        vec![
            Told::Begins,
            wrote(Output::Stdout, "one\n"),
            wrote(Output::Stderr, "bad\n"),
            wrote(Output::Stdout, "two"),
            Told::Ended(3),
            Told::Last(Output::Stderr),
            Told::Last(Output::Stdout),
        ]
    }

    #[test]
    fn streams_and_marks_are_told_apart() {
        assert_eq!(whole("abc", LOG), expected());
    }

    #[test]
    fn a_log_without_marks_is_standard_output() {
        assert_eq!(whole("abc", b"plain\n"), [wrote(Output::Stdout, "plain\n")]);
    }

    #[test]
    fn what_only_looks_like_a_mark_is_output() {
        let log = b"\x01\x01x\x02y\x1eabd begins\n\x1eabc nonsense\n\x1e";
        let text = "\x01\x01x\x02y\x1eabd begins\n\x1eabc nonsense\n\x1e";
        assert_eq!(whole("abc", log), [wrote(Output::Stdout, text)]);
        let endless = format!("\x1eabc {}", "x".repeat(200));
        let Told::Wrote(_, bytes) = &whole("abc", endless.as_bytes())[0] else { panic!() };
        assert_eq!(bytes, endless.as_bytes());
    }

    proptest! {
        #[test]
        fn where_the_log_is_cut_changes_nothing(cuts in prop::collection::vec(0..LOG.len(), 0..12)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut demux = Demux::new("abc");
            let (mut told, mut from) = (Vec::new(), 0);
            for cut in cuts.into_iter().chain([LOG.len()]) {
                told.extend(demux.push(&LOG[from..cut]));
                from = cut;
            }
            told.extend(demux.finish());
            prop_assert_eq!(joined(told), expected());
        }

        #[test]
        fn bytes_without_marks_come_out_as_they_are(log in prop::collection::vec(3_u8..30, 0..200)) {
            let out: Vec<u8> = whole("abc", &log).into_iter().flat_map(|told| match told {
                Told::Wrote(_, bytes) => bytes.to_vec(),
                other => panic!("{other:?}"),
            }).collect();
            prop_assert_eq!(out, log);
        }
    }
}
