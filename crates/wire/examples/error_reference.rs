//! Prints docs/ERRORS.md to standard output.

use qv_wire::ErrorCode;

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    println!("# Errors\n");
    println!(
        "<!-- Generated from crates/wire/src/error_code.rs by `cargo xtask gen`. Do not edit. -->\n"
    );
    println!(
        "Every error is `application/problem+json` (RFC 9457). `code` is one of these; `detail` says what happened and what to do;"
    );
    println!(
        "`fields` names each wrong field; `request_id` finds the request in the log. A server shows the same list at `/docs/errors`.\n"
    );
    println!("| code | status | retry | title | what to do |\n|---|---|---|---|---|");
    for code in ErrorCode::ALL {
        let retry = if code.retryable() { "yes" } else { "no" };
        println!(
            "| <a id=\"{code}\"></a>`{code}` | {} | {retry} | {} | {} |",
            code.status(),
            code.title(),
            code.remedy()
        );
    }
}
