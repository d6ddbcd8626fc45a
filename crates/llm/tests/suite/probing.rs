//! Local servers are found by what they say, and strangers are left alone.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use qv_llm::{ProbeTargets, ProviderKind, probe_local};
use qv_testkit::model_server::ModelServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::http;

/// A server that answers these paths, and writes down what it is asked.
async fn door(answers: &'static [(&'static str, &'static str)]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 4_096];
                let read = socket.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                assert!(request.starts_with("GET "), "{request}");
                let found = answers.iter().find(|(path, _)| request.contains(&format!(" {path} ")));
                let (status, body) =
                    found.map_or(("404 Not Found", "{}"), |(_, body)| ("200 OK", *body));
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                socket.write_all((head + body).as_bytes()).await.unwrap();
            });
        }
    });
    address
}

async fn found(kind: ProviderKind, address: SocketAddr) -> Vec<(ProviderKind, Vec<String>)> {
    let targets = ProbeTargets { doors: vec![(kind, address)] };
    let servers = probe_local(&http(), &targets).await.into_iter();
    servers
        .map(|server| (server.kind, server.models.into_iter().map(|model| model.id).collect()))
        .collect()
}

const LIST: (&str, &str) = ("/v1/models", r#"{"object":"list","data":[{"id":"m"}]}"#);

#[tokio::test]
async fn each_server_is_known_by_what_only_it_says() {
    let ollama = door(&[LIST, ("/api/version", r#"{"version":"0.30.1"}"#)]).await;
    let plain = door(&[LIST]).await;
    let llama =
        door(&[("/v1/models", r#"{"object":"list","data":[{"id":"m","owned_by":"llamacpp"}]}"#)])
            .await;
    let m = vec!["m".to_owned()];
    assert_eq!(found(ProviderKind::Ollama, ollama).await, [(ProviderKind::Ollama, m.clone())]);
    assert_eq!(found(ProviderKind::LmStudio, plain).await, [(ProviderKind::LmStudio, m.clone())]);
    assert_eq!(found(ProviderKind::LlamaServer, llama).await, [(ProviderKind::LlamaServer, m)]);
    assert_eq!(found(ProviderKind::Ollama, plain).await, []);
    assert_eq!(found(ProviderKind::LlamaServer, plain).await, []);
}

#[tokio::test]
async fn a_door_that_does_not_answer_costs_300_ms() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let began = Instant::now();
    assert_eq!(found(ProviderKind::LmStudio, listener.local_addr().unwrap()).await, []);
    assert!(began.elapsed() < Duration::from_millis(600), "{:?}", began.elapsed());
}

#[tokio::test]
async fn other_machines_are_not_asked() {
    let address = "192.0.2.1:1234".parse().unwrap();
    assert_eq!(found(ProviderKind::LmStudio, address).await, []);
    let server = ModelServer::start().await;
    assert_eq!(found(ProviderKind::LmStudio, server.address()).await.len(), 1);
}
