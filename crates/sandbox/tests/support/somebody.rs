//! Tests that root starts again as an ordinary user, who may read nothing of root's: not even the build folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::groups::Groups;

/// A program's copy in a folder that everybody may read, made anew when the program changes.
pub(crate) fn copied(program: &Path, folder: &Path) -> PathBuf {
    let name = program.file_name().unwrap().to_str().unwrap();
    let to = folder.join(name);
    let changed = fs::metadata(program).unwrap().modified().unwrap();
    if fs::metadata(&to).is_ok_and(|copy| copy.modified().unwrap() == changed) {
        return to;
    }
    // Other tests do the same at the same time.
    let beside = folder.join(format!("{name}.{}", std::process::id()));
    fs::copy(program, &beside).unwrap();
    File::options().write(true).open(&beside).unwrap().set_modified(changed).unwrap();
    fs::rename(&beside, &to).unwrap();
    to
}

/// Runs one test of a program as the user, in the control groups.
pub(crate) fn command(user: u32, groups: &Groups, program: &Path, test: &str) -> Command {
    // Enters the groups, becomes the user, and is the test.
    let script = "while [ \"$1\" != -- ]; do echo $$ > \"$1/cgroup.procs\"; shift; done; shift; \
        exec setpriv --reuid \"$1\" --regid \"$1\" --clear-groups \"$2\" --exact \"$3\" --nocapture";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(&groups.0).arg("--").arg(user.to_string());
    command.arg(program).arg(test);
    command
}
