//! Requests to a server that may be gone at any moment.

use std::net::SocketAddr;
use std::time::Duration;

pub use reqwest::Method;
use serde_json::{Value, json};

use super::{Fault, Result};

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// It was acknowledged.
    Yes(Value),
    /// It was refused: nothing was done.
    No(u16, Value),
    /// Nobody knows whether it was done.
    Unknown,
}

/// The owner of a server, asking.
#[derive(Debug, Clone)]
pub struct Owner {
    http: reqwest::Client,
    /// Where the server listens.
    pub address: SocketAddr,
    cookie: String,
    csrf_token: String,
}

impl Owner {
    /// Signs in by the setup link.
    ///
    /// # Errors
    /// When the link is not taken.
    pub async fn sign_in(address: SocketAddr, token: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30));
        let http = http.build().map_err(|error| Fault::Server(error.to_string()))?;
        let asked = http
            .post(format!("http://{address}/api/auth/setup"))
            .header("host", format!("localhost:{}", address.port()))
            .json(&json!({ "token": token }));
        let answer = asked.send().await.map_err(|error| Fault::Server(error.to_string()))?;
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
        let cookie = cookie.ok_or_else(|| {
            Fault::Server(format!("the setup link gave no session: {}", answer.status()))
        })?;
        let session: Value =
            answer.json().await.map_err(|error| Fault::Server(error.to_string()))?;
        let csrf_token = session["csrf_token"].as_str().unwrap_or_default().to_owned();
        Ok(Self { http, address, cookie, csrf_token })
    }

    /// The same person at another server of the same database.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The header lines that a bare request needs.
    #[must_use]
    pub fn header_lines(&self) -> Vec<String> {
        vec![
            format!("host: localhost:{}", self.address.port()),
            format!("cookie: {}", self.cookie),
            "accept: text/event-stream".to_owned(),
        ]
    }

    /// A request as this person's, by cookie and token.
    pub fn headed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf_token)
    }

    /// Asks once.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address))
            .header("host", format!("localhost:{}", self.address.port()));
        let mut request = self.headed(request);
        if let Some(body) = body {
            request = request.json(body);
        }
        let Ok(answer) = request.send().await else { return Answer::Unknown };
        let status = answer.status().as_u16();
        let Ok(body) = answer.bytes().await else { return Answer::Unknown };
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if status < 400 { Answer::Yes(json) } else { Answer::No(status, json) }
    }

    /// Asks what cannot fail.
    ///
    /// # Errors
    /// When it is refused or not answered.
    pub async fn must(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        match self.ask(method.clone(), path, body).await {
            Answer::Yes(value) => Ok(value),
            Answer::No(status, body) => {
                Err(Fault::Server(format!("{method} {path}: {status}: {body}")))
            }
            Answer::Unknown => Err(Fault::Server(format!("{method} {path}: no answer"))),
        }
    }

    /// Makes an empty project; its id.
    ///
    /// # Errors
    /// When it is refused or not answered.
    pub async fn make_project(&self, name: &str) -> Result<String> {
        let made = self.must(Method::POST, "/api/projects", Some(&json!({ "name": name }))).await?;
        id_of(&made["project"]).ok_or_else(|| Fault::Server(format!("no project in {made}")))
    }

    /// Says something in a project; the generation's id.
    ///
    /// # Errors
    /// When it is refused or not answered.
    pub async fn start_turn(&self, project: &str, message: &str) -> Result<String> {
        let path = format!("/api/projects/{project}/turns");
        let made = self.must(Method::POST, &path, Some(&json!({ "message": message }))).await?;
        id_of(&made["generation"]).ok_or_else(|| Fault::Server(format!("no turn in {made}")))
    }
}

/// The id of what is described.
#[must_use]
pub fn id_of(value: &Value) -> Option<String> {
    value["id"].as_str().map(str::to_owned)
}
