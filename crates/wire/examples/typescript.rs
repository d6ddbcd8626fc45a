//! Prints the TypeScript of every shape to standard output.

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    print!("{}", qv_wire::typescript::module());
}
