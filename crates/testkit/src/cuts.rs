//! A client that is cut off at any byte of a stream, and comes back.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::raw::{RawAnswer, RawEvent, Splitter};

/// Clients that are cut at the same time.
const AT_ONCE: usize = 8;

/// A log that is over, as a stream.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The server.
    pub address: SocketAddr,
    /// The stream's path.
    pub path: String,
    /// Header lines that the request needs.
    pub headers: Vec<String>,
}

/// A cut after which something was missing, repeated or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// After how many bytes of the body.
    pub after: usize,
}

impl Stream {
    /// The whole stream: its events, and the bytes of its body.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn whole(&self) -> io::Result<(Vec<RawEvent>, usize)> {
        let (events, bytes) = self.read(None, usize::MAX).await?;
        Ok((events, bytes))
    }

    /// Cuts a connection of its own after each of these counts of bytes, and resumes it by the last event that came
    /// whole. Gives the cuts that made a difference to `whole`.
    ///
    /// # Errors
    /// When the server refuses a connection.
    pub async fn cut(
        &self,
        whole: &[RawEvent],
        cuts: impl IntoIterator<Item = usize>,
    ) -> io::Result<Vec<Broken>> {
        let whole: Arc<[RawEvent]> = whole.into();
        let each = cuts.into_iter().map(|after| {
            let (this, whole) = (self.clone(), Arc::clone(&whole));
            async move {
                let (mut heard, _) = this.read(None, after).await?;
                let last = heard.last().map(|event| event.id);
                heard.extend(this.read(last, usize::MAX).await?.0);
                Ok::<_, io::Error>((heard != *whole).then_some(Broken { after }))
            }
        });
        let broken = stream::iter(each).buffer_unordered(AT_ONCE);
        broken.try_filter_map(async |broken| Ok(broken)).try_collect().await
    }

    /// Reads at most `most` bytes of the body: the events that came whole.
    async fn read(&self, last: Option<u64>, most: usize) -> io::Result<(Vec<RawEvent>, usize)> {
        let mut headers = self.headers.clone();
        headers.extend(last.map(|last| format!("last-event-id: {last}")));
        let mut answer = RawAnswer::get(self.address, &self.path, &headers).await?;
        if answer.status != 200 {
            return Err(io::Error::other(format!("{}: {}", self.path, answer.status)));
        }
        let mut splitter = Splitter::default();
        while splitter.unread.len() < most && answer.read(&mut splitter.unread).await? {}
        splitter.unread.truncate(most);
        let bytes = splitter.unread.len();
        let events = std::iter::from_fn(|| splitter.next_event()).collect();
        Ok((events, bytes))
    }
}
