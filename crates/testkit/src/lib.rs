//! What tests share: a scripted model server and, with the feature `app`, the whole product behind a loopback port.

#[cfg(feature = "app")]
pub mod app;
pub mod model_server;

#[cfg(feature = "app")]
pub use app::TestApp;
