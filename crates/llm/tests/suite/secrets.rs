//! A key leaves in one header and nowhere else.

use std::io::Write;
use std::sync::{Arc, Mutex};

use qv_llm::{ChatModel, Credentials, Provider};
use qv_testkit::model_server::{Ending, ModelServer, Reply};
use secrecy::SecretString;

use crate::support::{DIALECTS, KEY, config, hear, http, request};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

// asvs: 49
#[tokio::test]
async fn no_key_is_in_an_error_or_in_the_log_even_when_the_provider_repeats_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let quoting = format!("wrong key {KEY}, or header-canary-77, or sk-ant-REDACTED0123456789");
    for dialect in DIALECTS {
        let body =
            format!(r#"{{"error":{{"type":"invalid_request_error","message":"{quoting}"}}}}"#);
        let server = ModelServer::start().await;
        server.script([
            Reply::error(400, body.clone()),
            Reply::error(401, body),
            Reply::error(500, format!("<p>{quoting}</p>")),
            Reply::text("x").ending(Ending::Error {
                kind: "invalid_request_error".to_owned(),
                message: quoting.clone(),
            }),
        ]);
        let mut config = config(dialect, server.base_url());
        config.headers.push(("x-extra".to_owned(), SecretString::from("header-canary-77")));
        let shown = format!("{config:?}");
        let provider = Provider::new(config, &http()).unwrap();
        let credentials = Credentials::with_key(KEY);
        let mut said = format!("{shown} {provider:?} {credentials:?}");
        for _ in 0..4 {
            let heard = hear(provider.stream(&request(), &credentials).await).await;
            let error = heard.error.unwrap();
            said.push_str(&format!("{error} {error:?} {}\n", error.safe_message()));
        }
        for secret in [KEY, "header-canary-77", "REDACTED0123456789"] {
            assert!(!said.contains(secret), "{secret} in {said}");
            assert!(!log.text().contains(secret), "{secret} in the log");
        }
        assert!(said.contains("wrong key [key]"), "{said}");
        server.finish().await;
    }
    assert!(log.text().contains("a model provider answered with an error"), "the log was on");
}
