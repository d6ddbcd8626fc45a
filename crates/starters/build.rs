//! Lists the starters' files for `include_bytes!`: manifest, picture, presets and app of each folder of
//! `starters/` that has a `starter.toml`, and the apps of the `_blank-*` scaffolds.
//!
//! Not rust-embed: it would read the disk in debug builds, and walk `node_modules` to leave it out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

/// Folders that tools make and nobody wrote.
const LEFT_OUT: [&str; 3] = ["node_modules", "dist", "coverage"];

fn main() -> Result<(), Box<dyn Error>> {
    let starters =
        PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../starters").canonicalize()?;
    // Not the whole folder, as node_modules is in it: a starter in a new folder is found when this file is touched.
    println!("cargo:rerun-if-changed=build.rs");
    let mut list = String::from("&[\n");
    let mut folders: Vec<_> = fs::read_dir(&starters)?.collect::<Result<_, _>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        let root = folder.path();
        let manifest = root.join("starter.toml");
        if !manifest.exists() && !name.starts_with("_blank-") {
            if root.join("app").exists() {
                println!("cargo:rerun-if-changed={}", manifest.display());
            }
            continue;
        }
        let blank = name.starts_with("_blank-");
        let parts: &[&str] =
            if blank { &["app"] } else { &["starter.toml", "thumb.webp", "presets", "app"] };
        for part in parts {
            let path = root.join(part);
            // Cargo looks again at what is missing: a picture or presets may come.
            println!("cargo:rerun-if-changed={}", path.display());
            if path.exists() {
                add(&mut list, &starters, &path)?;
            }
        }
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), list)?;
    Ok(())
}

fn add(list: &mut String, starters: &Path, path: &Path) -> Result<(), Box<dyn Error>> {
    if path.is_file() {
        let name = path.strip_prefix(starters)?.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if !LEFT_OUT.iter().any(|left_out| name == *left_out) {
            add(list, starters, &entry.path())?;
        }
    }
    Ok(())
}
