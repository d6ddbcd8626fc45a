//! Rebuilds the crate when what it embeds has changed.

fn main() {
    println!("cargo:rerun-if-changed=embedded");
}
