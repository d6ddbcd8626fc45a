//! A path that is taken stays inside the project and reads back as itself.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use qv_domain::FilePath;

fuzz_target!(|text: &str| {
    let Ok(path) = FilePath::parse(text) else { return };
    assert_eq!(path.as_str(), text);
    assert_eq!(FilePath::parse(&path), Ok(path.clone()));
    let joined = Path::new("/project").join(&*path);
    assert!(joined.starts_with("/project"));
    assert!(joined.components().all(|c| matches!(c, Component::RootDir | Component::Normal(_))));
    assert!(text.len() <= FilePath::MAX_BYTES && !text.contains(['\\', '\0', ':']));
    assert!(!path.name().is_empty() && path.name().len() <= FilePath::MAX_NAME_BYTES);
});
