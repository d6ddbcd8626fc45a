//! The whole server over HTTP: real engine, real database, real sockets; a scripted model where one is asked.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod audit;
mod auth;
mod body;
mod budgets;
mod checks;
mod dead_letters;
mod edits;
mod errors;
mod file_limits;
mod files;
mod findings;
mod keys;
mod limits;
mod lockout;
mod model;
mod origins;
mod passwords;
mod preview;
mod prompts;
mod queue;
mod resets;
mod restart;
mod roles;
mod routes;
mod second_factor;
mod sessions;
mod sign_up;
mod streams;
mod suggestions;
mod tokens;
mod turns;
mod usage;
mod users;
mod vault;

use qv_testkit::app::{Client, Heard, Setup, TestApp};
use qv_testkit::model_server::{ModelServer, Script};

/// Far from every starter: such a project begins from the blank app.
const UNLIKE_ANY_STARTER: &str = "zzyzx quux";

/// A model that writes blocks, by a name that the tables know.
const MODEL: &str = "claude-sonnet-4-5";

/// A model server with nothing to say yet.
async fn models() -> ModelServer {
    let models = ModelServer::serve(Script {
        models: vec![MODEL.to_owned()],
        key: Some(qv_testkit::app::MODEL_KEY.to_owned()),
        ..Script::default()
    });
    models.await.unwrap()
}

/// A model server with nothing to say yet, an app that asks it, and the app's owner.
async fn with_model() -> (ModelServer, TestApp, Client) {
    let models = models().await;
    let app = TestApp::with_model(&models).await;
    let owner = app.owner().await;
    (models, app, owner)
}

/// An answer that writes one file.
fn file(path: &str, content: &str) -> String {
    format!("I write it.\n\n<file path=\"{path}\">\n{content}</file>\n")
}

/// The blank app's page, saying `words`.
fn page(words: &str) -> String {
    format!("export function App() {{\n  return <h1>{words}</h1>;\n}}\n")
}

/// The last event, which must be of this type.
fn last<'a>(events: &'a [Heard], kind: &str) -> &'a Heard {
    let event = events.last().unwrap();
    assert_eq!(event.kind, kind, "{}", event.data);
    event
}

/// An app set up in the usual way.
fn usual() -> Setup {
    Setup::default()
}
