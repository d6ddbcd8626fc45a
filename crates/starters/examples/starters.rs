//! What people who write starters need beside the tests:
//!
//! - `cargo run -p qv-starters --example starters -- format` writes every config.json as edits will write it;
//! - `... -- make "PROMPT" DIR` makes the app of a prompt;
//! - `... -- follow DIR "PROMPT"` changes an app that was made so;
//! - `... -- examples DIR` makes the app of every example prompt, and of every preset, in a folder of its own;
//! - `... -- match "PROMPT"` says which starter is chosen, and how clearly.
#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

use qv_domain::FilePath;
use qv_starters::{
    Files, FollowUp, Match, Scored, fill, follow_up, list, match_prompt, project_type,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["format"] => format(),
        ["make", prompt, dir] => make(prompt, Path::new(dir)),
        ["follow", dir, prompt] => follow(Path::new(dir), prompt),
        ["examples", dir] => examples(Path::new(dir)),
        ["match", prompt] => {
            explain(prompt);
            Ok(())
        }
        _ => Err("say `format`, `make PROMPT DIR`, `follow DIR PROMPT`, `examples DIR` or `match PROMPT`".into()),
    }
}

fn format() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../starters");
    for starter in list() {
        let config = &starter.manifest.config;
        let text = &fill(starter, "").files[config.as_str()];
        fs::write(root.join(starter.id()).join("app").join(config), text)?;
        println!("{}", starter.id());
    }
    Ok(())
}

fn make(prompt: &str, dir: &Path) -> Result<(), Box<dyn Error>> {
    let Match::Chosen { starter, .. } = match_prompt(prompt, None) else {
        return Err("no starter is about that".into());
    };
    let filled = fill(starter, prompt);
    write(dir, &filled.files)?;
    println!("{}", filled.message);
    Ok(())
}

fn follow(dir: &Path, prompt: &str) -> Result<(), Box<dyn Error>> {
    let mut files = Files::new();
    for name in ["index.html", "package.json", "manifest.webmanifest", "src/config.json"] {
        if let Ok(bytes) = fs::read(dir.join(name)) {
            files.insert(FilePath::parse(name)?, bytes);
        }
    }
    match follow_up(&files, prompt) {
        FollowUp::Edits { changes, said, .. } => {
            for (path, text) in &changes {
                fs::write(dir.join(path.as_str()), text)?;
            }
            println!("{said}");
        }
        FollowUp::NeedsModel { said } => println!("{said}"),
    }
    Ok(())
}

fn examples(dir: &Path) -> Result<(), Box<dyn Error>> {
    for starter in list() {
        let manifest = &starter.manifest;
        let presets = manifest.presets.about.iter().filter_map(|about| about.words.first());
        let prompts = manifest.examples.prompts.iter().chain(presets);
        for (index, prompt) in prompts.enumerate() {
            write(&dir.join(format!("{}-{index}", starter.id())), &fill(starter, prompt).files)?;
        }
    }
    Ok(())
}

fn write(dir: &Path, files: &Files) -> Result<(), Box<dyn Error>> {
    for (path, bytes) in files {
        let path = dir.join(path.as_str());
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn explain(prompt: &str) {
    println!("type: {}", project_type(prompt));
    let show = |found: &Scored| {
        println!("  {:16} score {:.2} fit {:.2}", found.starter.id(), found.score, found.fit);
    };
    match match_prompt(prompt, None) {
        Match::Chosen { starter, score, runner_up } => {
            println!("chosen: {} ({score:.2})", starter.id());
            runner_up.iter().for_each(show);
        }
        Match::Unsure { closest } => {
            println!("unsure");
            closest.iter().for_each(show);
        }
    }
}
