//! One contract, two databases: every test runs on SQLite and on PostgreSQL.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod blobs;
#[cfg(test)]
mod budgets;
#[cfg(test)]
mod call_holds;
#[cfg(test)]
mod chat_at;
mod checks;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod dead_letters;
#[cfg(test)]
mod files;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod generations;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod sandboxes;
#[cfg(test)]
mod usage_and_keys;
#[cfg(test)]
mod versions;
