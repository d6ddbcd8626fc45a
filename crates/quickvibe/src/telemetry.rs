//! The log. An event is one line in either form, whatever somebody else has put into its values: who could begin a
//! line of their own could make the log say anything.

use std::fmt::{self, Write as _};
use std::io;

use tracing::Subscriber;
use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::{MakeWriter, fmt};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogFormat, Settings};
use crate::fault::Fault;

/// Starts the log on standard error, as `QUICKVIBE_LOG` and `QUICKVIBE_LOG_FORMAT` say.
pub(crate) fn start(settings: &Settings) -> Result<(), Fault> {
    let filter = EnvFilter::builder().parse(&settings.log).map_err(|error| {
        Fault::Config(format!(
            "`log` (QUICKVIBE_LOG): {error}. Use a level such as `info`, or `info,qv_engine=debug`"
        ))
    })?;
    // A second start in one process (as in tests) keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => text(filter, io::stderr).try_init(),
        LogFormat::Json => json(filter, io::stderr).try_init(),
    };
    Ok(())
}

fn text<W>(filter: EnvFilter, writer: W) -> impl Subscriber
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let fields = debug_fn(escaped).delimited(" ");
    fmt().fmt_fields(fields).with_env_filter(filter).with_writer(writer).finish()
}

/// JSON escapes by itself what would end a line, and leaves the rest to [`Plain`].
fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    fmt().with_env_filter(filter).with_writer(Plain(writer)).json().flatten_event(true).finish()
}

/// Writes JSON with what a terminal would obey, or what would turn text around, as `\uXXXX`: such a character stands in
/// a string, where that means the same.
struct Plain<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Plain<W> {
    type Writer = Plain<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Plain(self.0.make_writer())
    }
}

impl<W: io::Write> io::Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut plain = String::with_capacity(bytes.len());
        for c in String::from_utf8_lossy(bytes).chars() {
            if c != '\n' && is_hostile(c) {
                // Writing to a String cannot fail.
                let _ = write!(plain, "\\u{:04x}", u32::from(c));
            } else {
                plain.push(c);
            }
        }
        self.0.write_all(plain.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What would begin a line, move a terminal's cursor or turn text around.
fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A field's value without what is hostile.
fn escaped(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    if field.name() != "message" {
        write!(writer, "{}=", field.name())?;
    }
    for c in format!("{value:?}").chars() {
        if is_hostile(c) {
            write!(writer, "{}", c.escape_default())?;
        } else {
            writer.write_char(c)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    const HOSTILE: &str = "ada\r\n2026-11-30T00:00:00Z  INFO forged: all is well\n\u{1b}[2J\u{9b}x\u{202E}y\u{2028}z\0";

    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines of one event with what is hostile in every kind of value.
    fn lines(log: impl FnOnce(Kept) -> Box<dyn Subscriber + Send + Sync>) -> Vec<String> {
        let kept = Kept::default();
        tracing::subscriber::with_default(log(kept.clone()), || {
            let error = io::Error::other(HOSTILE);
            let source: &(dyn std::error::Error + 'static) = &error;
            tracing::info!(shown = %HOSTILE, debug = ?HOSTILE, text = HOSTILE, source, "said {HOSTILE}");
        });
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    fn filter() -> EnvFilter {
        EnvFilter::builder().parse("info").unwrap()
    }

    // asvs: 49
    #[test]
    fn an_event_is_one_line_of_text_whatever_it_holds() {
        let lines = lines(|kept| Box::new(text(filter(), move || kept.clone())));
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = &lines[0];
        for name in [
            "shown=ada\\r\\n",
            "debug=\"ada\\r\\n",
            "text=\"ada\\r\\n",
            "source=ada\\r\\n",
            "said ada\\r\\n",
        ] {
            assert!(line.contains(name), "{name}: {line}");
        }
        // The level's colour is ours; nothing of theirs is a control character.
        let theirs = line.split_once("said").unwrap().1;
        assert!(!theirs.chars().any(char::is_control), "{theirs:?}");
        assert!(!line.contains(['\u{202E}', '\u{2028}']));
    }

    // asvs: 49
    #[test]
    fn an_event_is_one_object_whatever_it_holds() {
        let lines = lines(|kept| Box::new(json(filter(), move || kept.clone())));
        assert_eq!(lines.len(), 1, "{lines:?}");
        let event: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        for name in ["shown", "text"] {
            assert_eq!(event[name], HOSTILE, "it is all there");
        }
        assert_eq!(event["message"], format!("said {HOSTILE}"));
        assert!(!lines[0].chars().any(is_hostile), "{}", lines[0]);
    }
}
