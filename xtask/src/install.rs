//! Installs what a task needs, and says what it does.

use std::env;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::shell::{Failure, Shell, say};

/// Node.js and npm, which build the web app and the starters' packages.
pub(crate) fn node(shell: &Shell) -> Result<(), Failure> {
    if shell.has("node") && shell.has("npm") {
        return Ok(());
    }
    debian(shell, &["nodejs", "npm"], "Node.js builds the web app")
}

/// The packages of `folder` by its lock file; nothing is done when they are there already.
pub(crate) fn npm_packages(shell: &Shell, folder: &str) -> Result<(), Failure> {
    node(shell)?;
    let lock = shell.read(&format!("{folder}/package-lock.json"))?;
    let digest: String =
        Sha256::digest(lock.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    let stamp = format!("{folder}/node_modules/.installed-lock");
    if shell.path(&stamp).is_file() && shell.read(&stamp)? == digest {
        return Ok(());
    }
    say(&format!("installing the npm packages of {folder}/ by its lock file"));
    shell
        .command("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .within(folder)
        .run()?;
    shell.write(&stamp, &digest)
}

/// Chromium for tests: `QUICKVIBE_CHROMIUM`, or the one that is installed, or Debian's.
pub(crate) fn chromium(shell: &Shell) -> Result<String, Failure> {
    if let Ok(path) = env::var("QUICKVIBE_CHROMIUM") {
        return Ok(path);
    }
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    if let Some(found) = known.iter().find(|path| Path::new(path).is_file()) {
        return Ok((*found).to_owned());
    }
    debian(shell, &["chromium"], "apps are looked at, and tests run, in a real browser")?;
    Ok(known[0].to_owned())
}

/// Programs from PyPI by name and version, in a place of their own under the target folder; answers where they are.
pub(crate) fn python(shell: &Shell, packages: &[&str], why: &str) -> Result<String, Failure> {
    let place = shell.target_dir().join("python").join(packages.join("-"));
    let (bin, stamp) = (place.join("bin"), place.join(".installed"));
    let shown = |path: &Path| path.display().to_string();
    if !stamp.is_file() {
        if !shell.has("python3") {
            debian(shell, &["python3", "python3-venv"], why)?;
        }
        say(&format!("installing {} from PyPI: {why}", packages.join(" ")));
        shell.command("python3").args(["-m", "venv", &shown(&place)]).run()?;
        let pip = shown(&bin.join("pip"));
        shell
            .command(&pip)
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(packages.iter().copied())
            .run()?;
        std::fs::write(&stamp, "").map_err(|source| Failure::File { path: stamp, source })?;
    }
    Ok(shown(&bin))
}

/// Debian packages, as root or through sudo.
pub(crate) fn debian(shell: &Shell, packages: &[&str], why: &str) -> Result<(), Failure> {
    let names = packages.join(" ");
    if !shell.has("apt-get") {
        return Err(Failure::Message(format!(
            "please install {names} ({why}); this is not Debian, so it is not done here"
        )));
    }
    say(&format!("installing Debian's {names}: {why}"));
    let root = shell.command("id").args(["-u"]).output()?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let mut words = vec!["apt-get"];
        if !root {
            words.insert(0, "sudo");
        }
        words.extend(arguments);
        shell
            .command(words[0])
            .args(words[1..].iter().copied())
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())?;
    Ok(())
}
