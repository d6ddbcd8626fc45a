//! Everything kept: one data layer over SQLite and PostgreSQL.
