//! From a place in served code to the place in the app's source.

use qv_domain::FilePath;

use super::{Key, Project, Use};
use crate::unit::Unit;

/// A place in a file; line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Position {
    /// The file.
    pub file: FilePath,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

impl Project {
    /// Where a place that a browser reports (`http://…/src/App.tsx?t=2`, line, column, from 1) is
    /// written. `None` for code that is not the app's, or not there any more.
    #[must_use]
    pub fn map_position(&self, url: &str, line: u32, column: u32) -> Option<Position> {
        let path = match url.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => url,
        };
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path =
            percent_encoding::percent_decode_str(self.below_base(path)).decode_utf8().ok()?;
        let path = match path.trim_start_matches('/') {
            "" => "index.html",
            path => path,
        };
        let (file, _) =
            self.files.get(path).or_else(|| self.files.get(&format!("public/{path}")))?;
        let part = query.split('&').find_map(|pair| pair.strip_prefix("part=")?.parse().ok());
        let key = Key { path: file.clone(), part: part.unwrap_or(0) };
        let module = self.modules.get(&key);
        let served = module
            .filter(|module| module.used == Use::Code)
            .and_then(|module| module.served.as_ref());
        let Some(Unit::Script(script)) = served.map(|running| &*running.unit) else {
            // Served as it is written, line by line.
            return Some(Position { file: file.clone(), line, column });
        };
        let map = script.map.as_ref()?;
        // The line of imports comes first.
        let line = line.checked_sub(2)?;
        let table = map.generate_lookup_table();
        let token = map.lookup_token_approx(&table, line, column.saturating_sub(1))?;
        Some(Position {
            file: file.clone(),
            line: token.get_src_line() + 1,
            column: token.get_src_col() + 1,
        })
    }
}
