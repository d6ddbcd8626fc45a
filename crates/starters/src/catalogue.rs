use std::collections::BTreeMap;
use std::sync::LazyLock;

use qv_domain::FilePath;
use serde_json::Value;

use crate::{Manifest, StarterError};

/// A project's files: path to content.
pub type Files = BTreeMap<FilePath, Vec<u8>>;

static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(EMBEDDED));

/// A starter: an app that works as it is, and what can be set in it.
#[derive(Debug)]
pub struct Starter {
    /// What it is and what can be set.
    pub manifest: Manifest,
    /// Its `config.json`, parsed.
    pub(crate) config: Value,
    /// Its presets, parsed, by file name.
    pub(crate) presets: BTreeMap<String, Value>,
    files: BTreeMap<FilePath, &'static [u8]>,
    thumb: Option<&'static [u8]>,
}

impl Starter {
    /// The folder's name, which is the starter's key everywhere.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// The app's files as they are copied into a project.
    #[must_use]
    pub fn files(&self) -> Files {
        self.files.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect()
    }

    /// A picture of the app, 640 x 400, as WebP.
    #[must_use]
    pub fn thumb(&self) -> Option<&'static [u8]> {
        self.thumb
    }
}

/// All starters, by id.
#[derive(Debug)]
pub struct Catalogue {
    starters: Vec<Starter>,
    blanks: BTreeMap<String, Files>,
    faults: Vec<StarterError>,
}

impl Catalogue {
    fn read(embedded: &'static [(&'static str, &'static [u8])]) -> Self {
        let mut folders: BTreeMap<&str, BTreeMap<&str, &'static [u8]>> = BTreeMap::new();
        for (path, bytes) in embedded {
            if let Some((folder, rest)) = path.split_once('/') {
                folders.entry(folder).or_default().insert(rest, bytes);
            }
        }
        let mut catalogue =
            Self { starters: Vec::new(), blanks: BTreeMap::new(), faults: Vec::new() };
        for (id, parts) in folders {
            let (app, bad) = app_files(&parts);
            catalogue.faults.extend(bad.into_iter().map(|path| StarterError::File {
                id: id.to_owned(),
                path,
                message: "is not a path that a project can have".to_owned(),
            }));
            if let Some(kind) = id.strip_prefix("_blank-") {
                let files = app.into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
                catalogue.blanks.insert(kind.to_owned(), files);
                continue;
            }
            match starter(id, &parts, app) {
                Ok(starter) => catalogue.starters.push(starter),
                Err(fault) => catalogue.faults.push(fault),
            }
        }
        catalogue
    }

    /// Every starter, in the order of their ids.
    #[must_use]
    pub fn starters(&self) -> &[Starter] {
        &self.starters
    }

    /// Starters that were left out because they are broken: none, or a test fails.
    #[must_use]
    pub fn faults(&self) -> &[StarterError] {
        &self.faults
    }

    pub(crate) fn scaffold(&self, kind: &str) -> Option<&Files> {
        self.blanks.get(kind)
    }
}

type Embedded = BTreeMap<FilePath, &'static [u8]>;

fn app_files(parts: &BTreeMap<&str, &'static [u8]>) -> (Embedded, Vec<String>) {
    let mut files = Embedded::new();
    let mut bad = Vec::new();
    for (path, bytes) in parts {
        let Some(inside) = path.strip_prefix("app/") else { continue };
        match FilePath::parse(inside) {
            Ok(path) => {
                files.insert(path, bytes);
            }
            Err(_) => bad.push((*path).to_owned()),
        }
    }
    (files, bad)
}

fn starter(
    id: &str,
    parts: &BTreeMap<&str, &'static [u8]>,
    files: Embedded,
) -> Result<Starter, StarterError> {
    let broken = |message: String| StarterError::Manifest { id: id.to_owned(), message };
    let manifest = parts.get("starter.toml").ok_or_else(|| broken("is missing".to_owned()))?;
    let manifest = std::str::from_utf8(manifest).map_err(|e| broken(e.to_string()))?;
    let manifest: Manifest = toml::from_str(manifest).map_err(|e| broken(e.to_string()))?;
    if manifest.id != id {
        return Err(broken(format!("`id` is `{}`: make it the folder's name", manifest.id)));
    }
    let json = |path: &str| -> Result<Value, StarterError> {
        let fault =
            |message: String| StarterError::File { id: id.into(), path: path.into(), message };
        let bytes = parts.get(path).ok_or_else(|| fault("is missing".to_owned()))?;
        let value: Value = serde_json::from_slice(bytes).map_err(|e| fault(e.to_string()))?;
        if value.is_object() { Ok(value) } else { Err(fault("is not a JSON object".to_owned())) }
    };
    let config = json(&format!("app/{}", manifest.config))?;
    let mut presets = BTreeMap::new();
    let about = manifest.presets.about.iter().map(|about| &about.file);
    for file in about.chain(&manifest.presets.generic) {
        presets.insert(file.clone(), json(file)?);
    }
    let thumb = parts.get("thumb.webp").copied();
    Ok(Starter { manifest, config, presets, files, thumb })
}

/// The catalogue, read once.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// Every starter.
#[must_use]
pub fn list() -> &'static [Starter] {
    CATALOGUE.starters()
}

/// One starter.
#[must_use]
pub fn get(id: &str) -> Option<&'static Starter> {
    CATALOGUE.starters.iter().find(|starter| starter.id() == id)
}

/// The files of one starter's app.
#[must_use]
pub fn files(id: &str) -> Option<Files> {
    get(id).map(Starter::files)
}
