//! One contract, two databases.
