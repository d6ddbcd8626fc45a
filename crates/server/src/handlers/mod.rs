//! One file a resource; each states its routes, who may call them, and what they answer.

pub(crate) mod admin;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod budgets;
pub(crate) mod csp_reports;
pub(crate) mod dead_letters;
pub(crate) mod docs;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod generations;
pub(crate) mod health;
pub(crate) mod instance;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod models;
pub(crate) mod packages;
pub(crate) mod prices;
pub(crate) mod projects;
pub(crate) mod sandbox;
pub(crate) mod sessions;
pub(crate) mod starters;
pub(crate) mod turns;
pub(crate) mod usage;
pub(crate) mod versions;
