//! Prints the OpenAPI document to standard output.

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    println!("{}", qv_server::openapi());
}
