use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{EgressLimits, Policy, Resolve, serve};

/// Says one address after the other, and how often it was asked.
#[derive(Debug)]
struct Scripted {
    addresses: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolve for Scripted {
    async fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        let at = self.asked.fetch_add(1, Ordering::Relaxed).min(self.addresses.len() - 1);
        // Another port than was asked for, which the policy must not take over.
        Ok(self.addresses[at].iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 1)).collect())
    }
}

fn resolver(addresses: &[&[&'static str]]) -> Arc<Scripted> {
    let addresses = addresses.iter().map(|list| list.to_vec()).collect();
    Arc::new(Scripted { addresses, asked: AtomicUsize::new(0) })
}

struct Proxy {
    address: SocketAddr,
    policy: Arc<Policy>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

async fn proxy(policy: Policy) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (policy, stop) = (Arc::new(policy), CancellationToken::new());
    let task = tokio::spawn(serve(listener, Arc::clone(&policy), stop.clone()));
    Proxy { address, policy, stop, task }
}

impl Proxy {
    async fn open(&self, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// The whole answer to a head.
    async fn ask(&self, head: &str) -> String {
        let mut answer = Vec::new();
        let mut stream = self.open(head).await;
        timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        String::from_utf8(answer).unwrap()
    }
}

/// A registry that hands each of its connections to `serve`.
async fn registry<F, Fut>(serve: F) -> u16
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            serve(stream).await;
        }
    });
    port
}

async fn echo(mut stream: TcpStream) {
    let (mut from, mut to) = stream.split();
    tokio::io::copy(&mut from, &mut to).await.unwrap();
    to.shutdown().await.unwrap();
}

fn named(scheme: &str, port: u16, operator: bool) -> Policy {
    let url = Url::parse(&format!("{scheme}://mirror.test:{port}/")).unwrap();
    Policy::registry(&url, operator).unwrap().with_resolver(resolver(&[&["127.0.0.1"]]))
}

#[tokio::test]
async fn a_tunnel_carries_bytes_both_ways_and_ends_with_either_side() {
    let port = registry(echo).await;
    let proxy = proxy(named("https", port, true)).await;
    let head = format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\nearly ");
    let mut stream = proxy.open(&head).await;
    stream.write_all(b"late").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "HTTP/1.1 200 Connection established\r\n\r\nearly late");
    let counts = proxy.policy.counts();
    assert_eq!((counts.passed, counts.refused), (1, 0));
}

#[tokio::test]
async fn whatever_is_not_the_registry_is_refused_and_counted() {
    let port = registry(echo).await;
    let proxy = proxy(named("https", port, true)).await;
    let other = port.wrapping_add(1).max(1);
    let heads = [
        format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT localhost:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT [::1]:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT [::ffff:127.0.0.1]:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT 0x7f.1:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT 2130706433:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT mirror.test.:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT mirror.test.evil.example:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT mirror.test:{other} HTTP/1.1\r\n\r\n"),
        "CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n".to_owned(),
        // The registry speaks TLS, so nothing is passed on in the clear.
        format!("GET http://mirror.test:{port}/ HTTP/1.1\r\n\r\n"),
    ];
    for head in &heads {
        let answer = proxy.ask(head).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{head}: {answer}");
        assert!(
            answer.ends_with("\r\n\r\na sandbox may reach the npm registry and nothing else\n")
        );
    }
    let answer = proxy.ask("GET / HTTP/1.1\r\nHost: mirror.test\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let counts = proxy.policy.counts();
    assert_eq!((counts.passed, counts.refused), (0, heads.len() as u64 + 1));
}

#[tokio::test]
async fn a_name_that_leads_inwards_is_not_dialled() {
    for inward in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "224.0.0.1",
        "0.0.0.0",
    ] {
        let inward: &'static str = inward;
        let url = Url::parse("https://registry.test").unwrap();
        let policy = Policy::registry(&url, false).unwrap();
        let proxy = proxy(policy.with_resolver(resolver(&[&[inward]]))).await;
        let answer = proxy.ask("CONNECT registry.test:443 HTTP/1.1\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("address"), "{answer}");
    }
    // Not even the operator's own registry is at a metadata service.
    let proxy =
        proxy(named("https", 443, true).with_resolver(resolver(&[&["169.254.169.254"]]))).await;
    let answer = proxy.ask("CONNECT mirror.test:443 HTTP/1.1\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

#[tokio::test]
async fn the_address_that_was_judged_is_the_one_that_is_dialled() {
    let port = registry(echo).await;
    // Somebody who answers a second question with another address is not asked one.
    let rebinding = resolver(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let policy =
        named("https", port, true).with_resolver(Arc::clone(&rebinding) as Arc<dyn Resolve>);
    let proxy = proxy(policy).await;
    let mut stream = proxy.open(&format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\n")).await;
    let mut answer = [0_u8; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert_eq!(rebinding.asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_registry_that_no_sandbox_may_reach_is_no_policy() {
    for (url, operator) in [
        ("http://127.0.0.1:4873", false),
        ("https://[::1]/", false),
        ("http://169.254.169.254/", true),
        ("http://[::ffff:127.0.0.1]/", true),
        ("http://0.0.0.0/", true),
        ("ftp://registry.test/", true),
    ] {
        assert!(Policy::registry(&Url::parse(url).unwrap(), operator).is_err(), "{url}");
    }
    assert!(Policy::registry(&Url::parse("http://127.0.0.1:4873").unwrap(), true).is_ok());
}

/// Answers each request with its own head, and keeps the connection as long as it can.
async fn mirror(mut stream: TcpStream) {
    tokio::spawn(async move {
        let mut head = Vec::new();
        while !head.windows(4).any(|four| four == b"\r\n\r\n") {
            if stream.read_buf(&mut head).await.unwrap() == 0 {
                return;
            }
        }
        let answer = format!(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\
             Connection: keep-alive\r\nContent-Length: {}\r\n\r\n",
            head.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.write_all(&head).await.unwrap();
        let _ = stream.read(&mut [0_u8; 1]).await;
    });
}

#[tokio::test]
async fn a_plain_registry_gets_one_request_on_each_connection() {
    let port = registry(mirror).await;
    let proxy = proxy(named("http", port, true)).await;
    // What is sent behind the first request was judged by nobody, and arrives nowhere.
    let head = format!(
        "GET http://mirror.test:{port}/react HTTP/1.1\r\nHost: mirror.test:{port}\r\n\r\n\
         GET http://169.254.169.254/ HTTP/1.1\r\n\r\n"
    );
    let mut stream = proxy.open(&head).await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"connection: close\r\n\r\n") {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
    }
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 302 Found\r\n") && head.ends_with("Connection: close"));
    assert_eq!(
        body,
        format!("GET /react HTTP/1.1\r\nHost: mirror.test:{port}\r\nconnection: close\r\n\r\n")
    );
    // The redirect's follow-up is a request of its own.
    let answer = proxy.ask("GET http://169.254.169.254/ HTTP/1.1\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let answer = proxy.ask(&format!("PUT http://mirror.test:{port}/x HTTP/1.1\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("not write"), "{answer}");
}

#[tokio::test]
async fn heads_are_bounded_in_size_and_time() {
    let limits = EgressLimits {
        head_bytes: 200,
        head_time: Duration::from_millis(100),
        ..Default::default()
    };
    let proxy = proxy(named("https", 443, true).with_limits(limits)).await;
    let answer = proxy.ask(&format!("CONNECT {} HTTP/1.1\r\n", "a".repeat(300))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let answer = proxy.ask("CONNECT mirror.test:443 HTT").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let port = registry(|stream| async { drop(tokio::spawn(echo(stream))) }).await;
    let limits = EgressLimits { connections: 2, ..Default::default() };
    let proxy = proxy(named("https", port, true).with_limits(limits)).await;
    let head = format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\n");
    let mut answer = [0_u8; 4];
    let mut first = proxy.open(&head).await;
    let mut second = proxy.open(&head).await;
    first.read_exact(&mut answer).await.unwrap();
    second.read_exact(&mut answer).await.unwrap();
    let mut third = proxy.open(&head).await;
    let waits = timeout(Duration::from_millis(200), third.read_exact(&mut answer)).await;
    assert!(waits.is_err(), "a third connection was served");
    drop(first);
    timeout(Duration::from_secs(5), third.read_exact(&mut answer)).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_is_bounded_in_bytes_and_rest() {
    let port =
        registry(|stream| async { drop(tokio::spawn(async move { echo(stream).await })) }).await;
    let limits = EgressLimits {
        sent_bytes: 100_000,
        idle_time: Duration::from_millis(200),
        ..Default::default()
    };
    let proxy = proxy(named("https", port, true).with_limits(limits)).await;
    let head = format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\n");
    let mut stream = proxy.open(&head).await;
    let began = Instant::now();
    let mut all = Vec::new();
    timeout(Duration::from_secs(5), stream.read_to_end(&mut all)).await.unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_millis(200), "it ended too early");

    let (mut from, mut to) = proxy.open(&head).await.into_split();
    let sending = tokio::spawn(async move {
        let mut sent = 0_u64;
        while to.write_all(&[7; 10_000]).await.is_ok() && sent < 100_000_000 {
            sent += 10_000;
        }
        sent
    });
    let mut all = Vec::new();
    let _ = timeout(Duration::from_secs(5), from.read_to_end(&mut all)).await.unwrap();
    assert!(all.len() <= 100_100, "{} bytes came back", all.len());
    assert!(sending.await.unwrap() < 100_000_000);
}

#[tokio::test]
async fn a_program_that_does_not_read_holds_the_registry_back() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let port = registry(move |mut stream| {
        let counter = Arc::clone(&counter);
        async move {
            tokio::spawn(async move {
                while stream.write_all(&[1; 65_536]).await.is_ok() {
                    counter.fetch_add(65_536, Ordering::Relaxed);
                }
            });
        }
    })
    .await;
    let proxy = proxy(named("https", port, true)).await;
    let stream = proxy.open(&format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\n")).await;
    let mut before = usize::MAX;
    // Socket buffers fill, and then nothing moves.
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            assert!(now < 64 << 20, "{now} bytes are held");
            drop(stream);
            return;
        }
        before = now;
    }
    panic!("the registry was never held back: {before} bytes");
}

#[tokio::test]
async fn a_stop_ends_what_is_open() {
    let port = registry(|stream| async { drop(tokio::spawn(echo(stream))) }).await;
    let proxy = proxy(named("https", port, true)).await;
    let mut stream = proxy.open(&format!("CONNECT mirror.test:{port} HTTP/1.1\r\n\r\n")).await;
    stream.read_exact(&mut [0_u8; 4]).await.unwrap();
    proxy.stop.cancel();
    timeout(Duration::from_secs(5), proxy.task).await.unwrap().unwrap();
    let mut all = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut all)).await.unwrap();
    assert!(TcpStream::connect(proxy.address).await.is_err(), "it still listens");
}
