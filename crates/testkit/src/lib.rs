//! What tests share: a scripted model server, a held clock, both databases.

pub mod model_server;
