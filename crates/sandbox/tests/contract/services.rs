use std::time::{Duration, Instant};

use qv_sandbox::{Command, Connection, PreviewTarget, SandboxError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::{Fixture, create, run, sh, until};

/// A server that answers with the path and what came with the request.
const SERVER: &str = "
require('http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
}).listen(3000, process.env.HOST || '127.0.0.1', () => console.log('serving'));
";

fn server() -> Command {
    let mut command = Command::new(["node", "-e", SERVER]);
    command.time_limit = Some(Duration::from_secs(30));
    command
}

/// Sends a request by the target; gives the whole answer.
async fn ask(
    target: &PreviewTarget,
    method: &str,
    path: &str,
    body: &str,
) -> Result<String, String> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    let mut connection: Box<dyn Connection> = match target {
        PreviewTarget::Dial(dialer) => dialer.dial().await.map_err(|error| error.to_string())?,
        PreviewTarget::Http { base, headers } => {
            let prefix = base.path().trim_end_matches('/');
            let host = base.host_str().unwrap();
            head = format!(
                "{method} {prefix}{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n"
            );
            for (name, value) in headers {
                head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
            }
            let to = (host, base.port_or_known_default().unwrap());
            Box::new(tokio::net::TcpStream::connect(to).await.map_err(|error| error.to_string())?)
        }
    };
    head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    let exchange = async {
        connection.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = timeout(Duration::from_secs(20), exchange).await.map_err(|e| e.to_string())?;
    let answer = answer.map_err(|error| error.to_string())?;
    if answer.starts_with("HTTP/1.1 200") { Ok(answer) } else { Err(answer) }
}

pub(crate) async fn a_service_is_reached(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    for host in ["127.0.0.1", "::1"] {
        let id = create(fixture).await;
        let mut command = server();
        command.env = vec![("HOST".into(), host.into())];
        let mut service = engine.start_service(id, command, 3000).await.unwrap();
        let target = engine.preview(id, 3000).await.unwrap();
        let answer = ask(&target, "GET", "/a?b=c", "").await.unwrap();
        assert!(answer.contains("GET /a?b=c"), "{answer}");
        let long = "x".repeat(200_000);
        let answer = ask(&target, "POST", "/long", &long).await.unwrap();
        assert!(answer.contains(&long));
        // What it said before it served is heard, too.
        until(&mut service, "serving").await;
        engine.delete(id).await.unwrap();
    }
}

pub(crate) async fn a_service_that_ends_early_tells_its_last_words(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let script = "echo begins; echo 'no such module' >&2; exit 1";
    let result = fixture.engine().start_service(id, sh(script), 3000).await.map(drop);
    let Err(SandboxError::Ended { output }) = result else { panic!("{result:?}") };
    assert!(output.contains("begins") && output.contains("no such module"), "{output}");
}

pub(crate) async fn a_service_that_does_not_listen_is_late(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let mut command = sh("sleep 654");
    command.time_limit = Some(Duration::from_millis(600));
    let begun = Instant::now();
    let result = fixture.engine().start_service(id, command, 3000).await.map(drop);
    assert!(matches!(result, Err(SandboxError::Timeout { .. })), "{result:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    super::eventually(fixture, id, "! ps ax | grep '[s]leep 654'").await;
}

pub(crate) async fn a_dropped_service_ends(fixture: &dyn Fixture) {
    let engine = fixture.engine();
    let id = create(fixture).await;
    let mut command = server();
    command.time_limit = Some(Duration::from_secs(10));
    let service = engine.start_service(id, command, 3000).await.unwrap();
    let target = engine.preview(id, 3000).await.unwrap();
    ask(&target, "GET", "/", "").await.unwrap();
    drop(service);
    for _ in 0..200 {
        if ask(&target, "GET", "/", "").await.is_err() {
            assert!(run(fixture, id, "true").await.2.success());
            return;
        }
        sleep(Duration::from_millis(25)).await;
    }
    panic!("it still serves");
}

pub(crate) async fn nothing_answers_where_nothing_listens(fixture: &dyn Fixture) {
    let id = create(fixture).await;
    let target = fixture.engine().preview(id, 3000).await.unwrap();
    assert!(ask(&target, "GET", "/", "").await.is_err());
}
