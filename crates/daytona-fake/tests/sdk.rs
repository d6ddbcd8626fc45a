//! The vendor's own, unmodified client drives the stand-in.

use std::process::Command;

#[test]
fn the_vendors_client_gets_along_with_the_stand_in() {
    if std::env::var_os("QUICKVIBE_TEST_DAYTONA_PACKAGES").is_none() {
        eprintln!("skipped: `cargo xtask test` installs the vendor's client");
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sandbox/tests/prism");
    let output = Command::new("node")
        .args(["sdk.mjs", env!("CARGO_BIN_EXE_fake-daytona")])
        .current_dir(folder)
        .output()
        .expect("node runs");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("sdk: 10 of 10"), "{out}\n{err}");
}
