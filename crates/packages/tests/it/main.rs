//! The service against a registry on loopback that serves packages made by the tests.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

mod bundles;
mod cache;
mod hostile;
mod real_registry;
mod resolving;
mod support;
