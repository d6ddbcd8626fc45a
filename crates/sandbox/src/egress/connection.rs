use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::head::{self, Head};
use super::relay::{Side, relay};
use super::{Policy, Refusal, forward};

/// After a refusal, what the program still sends is read away for so long, or the answer could be lost.
const LINGER: Duration = Duration::from_millis(500);
const LINGER_BYTES: usize = 64 << 10;
/// Beyond so many refusals only each hundredth is told: a sandbox must not fill the log.
const TOLD: u64 = 100;

/// Serves one connection of a sandbox to its end.
pub(super) async fn serve(mut client: TcpStream, policy: &Policy) {
    let life_time = policy.limits().life_time;
    match timeout(life_time, carry(&mut client, policy)).await {
        Err(_) => tracing::debug!("an egress connection lasted too long"),
        Ok(Ok(())) => {}
        Ok(Err((refusal, to))) => {
            let before = policy.count_refused();
            if before < TOLD || before.is_multiple_of(TOLD) {
                let to = to.as_deref().unwrap_or("-");
                let by_rule = refusal.by_rule();
                tracing::warn!(to, by_rule, before, reason = %refusal, "egress refused");
            }
            refuse(client, refusal).await;
        }
    }
}

/// Where a request wanted to go, as far as that is known.
type To = Option<String>;

async fn carry(client: &mut TcpStream, policy: &Policy) -> Result<(), (Refusal, To)> {
    let Some((head, rest)) = read_head(client, policy).await.map_err(|refusal| (refusal, None))?
    else {
        return Ok(());
    };
    let to = match &head {
        Head::Tunnel(to) => to.to_string(),
        Head::Plain(request) => request.to.to_string(),
    };
    pass(client, policy, head, rest).await.map_err(|refusal| (refusal, Some(to)))
}

async fn pass(
    client: &mut TcpStream,
    policy: &Policy,
    head: Head,
    rest: Vec<u8>,
) -> Result<(), Refusal> {
    policy.judge(&head)?;
    let mut registry = dial(policy).await?;
    policy.count_passed();
    match head {
        Head::Tunnel(_) => {
            let first = Side { bytes: rest, limit: policy.limits().sent_bytes };
            let answer = b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec();
            let back = Side { bytes: answer, limit: policy.limits().received_bytes };
            relay(client, &mut registry, first, back, policy.limits().idle_time).await;
            Ok(())
        }
        Head::Plain(request) => forward::pass(client, registry, &request, rest, policy).await,
    }
}

/// Reads a head and what came with it; `None` when the program went away without asking anything.
async fn read_head(
    client: &mut TcpStream,
    policy: &Policy,
) -> Result<Option<(Head, Vec<u8>)>, Refusal> {
    let limits = policy.limits();
    let reading = async {
        let mut bytes = Vec::with_capacity(1024);
        loop {
            if let Some((head, length)) = head::read(&bytes)? {
                return Ok(Some((head, bytes.split_off(length))));
            }
            let room = limits.head_bytes.saturating_sub(bytes.len());
            if room == 0 {
                return Err(Refusal::TooLong);
            }
            let mut limited = (&mut *client).take(room as u64);
            match limited.read_buf(&mut bytes).await {
                Ok(0) if bytes.is_empty() => return Ok(None),
                Ok(0) => return Err(Refusal::Malformed("it ends too early")),
                Ok(_) => {}
                Err(_) => return Ok(None),
            }
        }
    };
    timeout(limits.head_time, reading).await.unwrap_or(Err(Refusal::TooSlow))
}

/// Connects to an address that was judged; a name is not asked a second time.
async fn dial(policy: &Policy) -> Result<TcpStream, Refusal> {
    let dialling = async {
        for address in policy.addresses().await? {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Ok(stream);
            }
        }
        Err(Refusal::Unreachable)
    };
    timeout(policy.limits().connect_time, dialling).await.unwrap_or(Err(Refusal::Unreachable))
}

async fn refuse(mut client: TcpStream, refusal: Refusal) {
    let saying = async {
        client.write_all(refusal.answer().as_bytes()).await?;
        client.shutdown().await?;
        let mut away = [0_u8; 4096];
        let mut left = LINGER_BYTES;
        loop {
            match client.read(&mut away).await? {
                0 => return Ok::<(), std::io::Error>(()),
                read => match left.checked_sub(read) {
                    Some(less) => left = less,
                    None => return Ok(()),
                },
            }
        }
    };
    // Whoever does not listen need not be told.
    let _ = timeout(LINGER, saying).await;
}
