//! What tests share: a scripted model server, bare streams and, with the feature `app`, the whole product behind a
//! loopback port. With the feature `bench`, the real binary is measured and broken on purpose.

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "bench")]
pub mod bench;
pub mod cuts;
#[cfg(feature = "faults")]
pub mod faults;
pub mod model_server;
pub mod raw;
pub mod smtp;

#[cfg(feature = "app")]
pub use app::TestApp;
