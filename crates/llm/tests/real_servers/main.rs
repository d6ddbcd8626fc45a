//! Both dialects against servers that we did not write: llama-server with SmolLM2, and LiteLLM's proxy before it.
//!
//! Ignored by default: the first run downloads 130 MB for llama-server and installs 740 MB for LiteLLM into a cache
//! folder (`QUICKVIBE_TEST_CACHE`, or `quickvibe-tests` in the user's). `cargo xtask test --models` runs them. They
//! look at structure alone, never at what a model says.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod litellm;
#[cfg(test)]
mod llama;
#[cfg(test)]
mod setup;
