//! The `quickvibe` binary.
fn main() {}
