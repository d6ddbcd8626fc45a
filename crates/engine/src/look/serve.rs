//! Answers what pages of the browser ask for.

use std::sync::Arc;

use qv_browser::{Answer, Request, Serve};
use qv_domain::{FilePath, ProjectId};
use qv_packages::Packages;
use url::form_urlencoded;

use super::Looks;
use crate::{COMPONENT_BYTES, Engine, PreviewFile};

/// The files of an app.
pub(super) struct AppFiles {
    pub(super) engine: Arc<Engine>,
    pub(super) project: ProjectId,
}

#[async_trait::async_trait]
impl Serve for AppFiles {
    async fn answer(&self, request: Request) -> Option<Answer> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        match (request.method.as_str(), path) {
            // Nothing changes while it is looked at. A 204 tells the page not to ask again by itself.
            (_, "/@qv/events") => return Some(status(204)),
            ("POST", "/@qv/transform") => return self.transform(&request, query).await,
            ("GET" | "HEAD", _) => {}
            _ => return Some(status(405)),
        }
        if let Some(name) = path.strip_prefix("/@qv/")
            && let Some(file) = self.engine.runtime_file(name, false)
        {
            return Some(answer(file));
        }
        let served =
            self.engine.preview_file(self.project, &Looks::options(), &request.target).await;
        match served {
            Ok(Some(file)) => Some(answer(file)),
            Ok(None) => Some(status(404)),
            Err(error) => {
                tracing::warn!(project = %self.project, %error, "a file could not be served to a check");
                None
            }
        }
    }
}

impl AppFiles {
    /// Compiles what a component compiler in the page has made.
    async fn transform(&self, request: &Request, query: &str) -> Option<Answer> {
        if request.body.len() > COMPONENT_BYTES {
            return Some(status(413));
        }
        let path = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "path")?.1;
        let path = FilePath::parse(path.trim_start_matches('/')).ok()?;
        let code = String::from_utf8_lossy(&request.body);
        let (options, origin) = (Looks::options(), format!("https://{}", request.host));
        let made =
            self.engine.preview_transform(self.project, &options, &path, &code, &origin).await;
        Some(match made {
            Ok(code) => content(200, "text/javascript; charset=utf-8", code.into_bytes()),
            Err(error) => content(422, "text/plain; charset=utf-8", error.detail().into_bytes()),
        })
    }
}

/// Bundled packages: the same for everybody.
pub(super) struct PackageFiles(pub(super) Packages);

#[async_trait::async_trait]
impl Serve for PackageFiles {
    async fn answer(&self, request: Request) -> Option<Answer> {
        let path = request.target.split('?').next().unwrap_or_default();
        let found = match path.trim_start_matches('/').split_once('/') {
            Some((key, file)) => self.0.asset(key, file, false).await,
            None => None,
        };
        Some(found.map_or_else(
            || status(404),
            |asset| content(200, &asset.content_type, asset.bytes.to_vec()),
        ))
    }
}

fn status(status: u16) -> Answer {
    Answer { status, ..Answer::default() }
}

fn answer(file: PreviewFile) -> Answer {
    content(200, &file.content_type, file.body.to_vec())
}

fn content(status: u16, kind: &str, body: Vec<u8>) -> Answer {
    let headers = [
        ("content-type", kind),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Answer { status, headers, body }
}
