//! Prints docs/CONFIG.md to standard output.

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    print!("{}", quickvibe::config::markdown());
}
