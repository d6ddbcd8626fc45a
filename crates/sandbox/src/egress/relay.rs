use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// As much as is held of a connection in each direction: whoever does not read holds the other side back.
const BUFFER: usize = 16 << 10;

/// One direction of a connection.
pub(super) struct Side {
    /// What goes first.
    pub(super) bytes: Vec<u8>,
    /// How much may go in all.
    pub(super) limit: u64,
}

/// Carries bytes both ways until both sides have said all, one breaks, a limit is reached, or nothing moves for too long.
pub(super) async fn relay(
    client: &mut TcpStream,
    registry: &mut TcpStream,
    out: Side,
    back: Side,
    idle_time: Duration,
) {
    let moved = Moved::new();
    let (mut client_read, mut client_write) = client.split();
    let (mut registry_read, mut registry_write) = registry.split();
    let both = async {
        tokio::try_join!(
            pump(&mut client_read, &mut registry_write, out, &moved),
            pump(&mut registry_read, &mut client_write, back, &moved),
        )
    };
    tokio::select! {
        _ = both => {}
        () = moved.rests(idle_time) => tracing::debug!("an egress connection moved nothing for too long"),
    }
}

/// Carries one direction to its end and says so to the receiver.
pub(super) async fn pump<R, W>(
    from: &mut R,
    to: &mut W,
    side: Side,
    moved: &Moved,
) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut left = side.limit;
    let mut take = |bytes: usize| {
        left = left.checked_sub(bytes as u64).ok_or(io::ErrorKind::QuotaExceeded)?;
        io::Result::Ok(())
    };
    to.write_all(&side.bytes).await?;
    take(side.bytes.len())?;
    let mut buffer = vec![0_u8; BUFFER];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        take(read)?;
        moved.now();
        to.write_all(&buffer[..read]).await?;
        moved.now();
    }
}

/// When something last moved.
pub(super) struct Moved {
    began: Instant,
    millis: AtomicU64,
}

impl Moved {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), millis: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) {
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.millis.store(millis, Ordering::Relaxed);
    }

    /// Ends when nothing has moved for so long.
    pub(super) async fn rests(&self, idle_time: Duration) {
        loop {
            let last = Duration::from_millis(self.millis.load(Ordering::Relaxed));
            let rested = self.began.elapsed().saturating_sub(last);
            match idle_time.checked_sub(rested) {
                None | Some(Duration::ZERO) => return,
                Some(left) => sleep(left).await,
            }
        }
    }
}
