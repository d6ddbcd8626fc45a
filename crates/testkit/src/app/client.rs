use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use serde_json::{Value, json};

use super::{Answer, EventStream, TestApp, soon};

/// Somebody who asks: a browser or a program, signed in or not.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    headers: HeaderMap,
}

/// A project with its first turn.
#[derive(Debug, Clone)]
pub struct Built {
    /// The project's id.
    pub project: String,
    /// The id of the generation that carries the turn out.
    pub generation: String,
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Ask {
    request: reqwest::RequestBuilder,
    words: String,
}

impl Ask {
    /// With this header, in place of one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        let headers = HeaderMap::from_iter([(name, value.parse().expect("a header's value"))]);
        self.request = self.request.headers(headers);
        self
    }

    /// With this body as JSON.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// With these bytes as they are.
    #[must_use]
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        let (response, words) = self.open().await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = soon(&words, response.bytes()).await;
        let body = body.unwrap_or_else(|error| panic!("{words}: {error}"));
        Answer::new(words, status, headers, body)
    }

    /// Sends it to a server that may be gone; in words what went wrong, if it is.
    ///
    /// # Errors
    /// When there was no whole answer.
    pub async fn try_send(self) -> Result<Answer, String> {
        let words = self.words;
        let response =
            soon(&words, self.request.send()).await.map_err(|error| error.to_string())?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = soon(&words, response.bytes()).await.map_err(|error| error.to_string())?;
        Ok(Answer::new(words, status, headers, body))
    }

    /// Sends it and reads no more than the head of the answer.
    pub(super) async fn open(self) -> (reqwest::Response, String) {
        let response = soon(&self.words, self.request.send()).await;
        (response.unwrap_or_else(|error| panic!("{}: {error}", self.words)), self.words)
    }
}

impl Client {
    /// Somebody who is not signed in, at `localhost` and the port of `address`.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        Self { http, address, headers: HeaderMap::new() }
            .at(&format!("localhost:{}", address.port()))
    }

    /// The same person at an app that was started again.
    #[must_use]
    pub fn to(self, app: &TestApp) -> Self {
        self.to_address(app.address)
    }

    /// The same person at a server that listens here.
    #[must_use]
    pub fn to_address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self.at(&format!("localhost:{}", address.port()))
    }

    /// The same, asking for another host name; it still connects to the app.
    #[must_use]
    pub fn at(self, host: &str) -> Self {
        self.with("host", host)
    }

    /// The same, sending this header with every request.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.insert(name, value);
        self
    }

    /// The same, with this cookie.
    #[must_use]
    pub fn with_cookie(self, cookie: &str) -> Self {
        self.with("cookie", cookie)
    }

    /// The same, with the cookie that an answer has set.
    #[must_use]
    pub fn signed_in_by(&self, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default();
        assert!(cookie.len() > "qv=".len(), "{} set no session: {cookie:?}", answer.asked);
        let client = self.clone().with_cookie(cookie);
        // The token stays the same as long as the session does.
        let session: Value = serde_json::from_str(&answer.text()).unwrap_or_default();
        match session["csrf_token"].as_str() {
            Some(token) => client.with("x-csrf-token", token),
            None => client,
        }
    }

    /// The same, with the cookie of a session that stands.
    pub async fn signed_in_as(&self, cookie: &str) -> Self {
        let client = self.clone().with_cookie(cookie);
        let session = client.get("/api/auth/session").await.expect(200).json();
        let token = session["csrf_token"].as_str().expect("a token").to_owned();
        client.with("x-csrf-token", &token)
    }

    /// The header lines that it sends, for a bare request.
    #[must_use]
    pub fn header_lines(&self) -> Vec<String> {
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().expect("a header's value"))
        };
        self.headers.iter().map(line).collect()
    }

    /// Begins a request.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let words = format!("{method} {path}");
        let url = format!("http://{}{path}", self.address);
        Ask { request: self.http.request(method, url).headers(self.headers.clone()), words }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path).json(&body).send().await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path).json(&body).send().await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask("PATCH", path).json(&body).send().await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// Makes a project from a prompt.
    pub async fn build(&self, prompt: &str) -> Built {
        let answer = self.post("/api/projects", json!({ "prompt": prompt })).await.expect(201);
        let made = answer.json();
        Built {
            project: made["project"]["id"].as_str().expect("a project").to_owned(),
            generation: made["turn"]["generation"]["id"].as_str().expect("a turn").to_owned(),
        }
    }

    /// Says something in a project; the generation's id.
    pub async fn say(&self, project: &str, message: &str) -> String {
        let path = format!("/api/projects/{project}/turns");
        let turn = self.post(&path, json!({ "message": message })).await.expect(201).json();
        turn["generation"]["id"].as_str().expect("a generation").to_owned()
    }

    /// Saves a file by hand.
    pub async fn save(&self, project: &str, path: &str, content: &str) -> Answer {
        let text = json!({ "encoding": "utf8", "content": content });
        self.put(&format!("/api/projects/{project}/files/{path}"), json!({ "text": text })).await
    }

    /// A file's text as it is now.
    pub async fn text(&self, project: &str, path: &str) -> String {
        let path = format!("/api/projects/{project}/files/{path}");
        let file = self.get(&path).await.expect(200).json();
        file["text"]["content"].as_str().expect("a text").to_owned()
    }

    /// Follows a generation's log from its beginning.
    pub async fn events(&self, generation: &str) -> EventStream {
        self.listen(&format!("/api/generations/{generation}/events")).await
    }

    /// Follows a stream of server-sent events.
    pub async fn listen(&self, path: &str) -> EventStream {
        EventStream::open(self.ask("GET", path)).await
    }
}
