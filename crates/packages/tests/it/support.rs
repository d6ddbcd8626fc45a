//! A registry on loopback that serves packages made by the test.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use qv_domain::{Env, Timestamp};
use qv_packages::{Bundle, BundleRequest, Config, Packages, RegistryConfig, UsedExports};
use serde_json::{Value, json};
use sha2::Digest as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    pub(crate) fn advance_secs(&self, secs: i64) {
        self.0.fetch_add(secs * 1_000_000, Ordering::SeqCst);
    }
}

impl Env for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn fill_random(&self, buf: &mut [u8]) {
        buf.fill(7);
    }
}

/// An entry of an archive.
pub(crate) enum Entry<'a> {
    File(&'a str, &'a [u8]),
    Link(tar::EntryType, &'a str, &'a str),
}

/// An archive with names exactly as given, whatever they are.
pub(crate) fn tgz(entries: &[Entry<'_>]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        let (path, body): (&str, &[u8]) = match entry {
            Entry::File(path, body) => (path, body),
            Entry::Link(kind, path, to) => {
                header.set_entry_type(*kind);
                header.set_link_name(to).unwrap();
                (path, &[])
            }
        };
        // Written raw: the library would refuse the names that a hostile archive has.
        let name = &mut header.as_old_mut().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(body.len() as u64);
        header.set_cksum();
        tar.append(&header, body).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

pub(crate) fn sha512(bytes: &[u8]) -> String {
    let digest = sha2::Sha512::digest(bytes);
    format!("sha512-{}", base64::engine::general_purpose::STANDARD.encode(digest))
}

#[derive(Default)]
struct State {
    /// name -> version -> manifest.
    packages: BTreeMap<String, BTreeMap<String, Value>>,
    archives: BTreeMap<String, Vec<u8>>,
    redirects: BTreeMap<String, String>,
    /// name -> version -> when it was published; where there are any, the registry says so.
    times: BTreeMap<String, BTreeMap<String, Timestamp>>,
    /// Every request: path and its `Authorization`.
    asked: Vec<(String, Option<String>)>,
    down: bool,
}

/// The registry. It answers until the test ends.
pub(crate) struct Registry {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Registry {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let (base, shared) = (url.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, base.clone(), Arc::clone(&shared)));
            }
        });
        Self { url, state }
    }

    /// Publishes a package; `json` adds to its `package.json` and so to what the registry says.
    pub(crate) fn publish(&self, name: &str, version: &str, json: &Value, files: &[(&str, &str)]) {
        let mut package = json!({"name": name, "version": version});
        package.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        let text = package.to_string();
        let mut entries = vec![Entry::File("package/package.json", text.as_bytes())];
        let paths: Vec<String> = files.iter().map(|(path, _)| format!("package/{path}")).collect();
        for (path, (_, body)) in paths.iter().zip(files) {
            entries.push(Entry::File(path, body.as_bytes()));
        }
        self.publish_archive(name, version, package, tgz(&entries), None);
    }

    pub(crate) fn publish_archive(
        &self,
        name: &str,
        version: &str,
        mut manifest: Value,
        archive: Vec<u8>,
        integrity: Option<&str>,
    ) {
        let file = format!("-/{}-{version}.tgz", name.replace('/', "+"));
        let integrity = integrity.map_or_else(|| sha512(&archive), str::to_owned);
        manifest["dist"] =
            json!({"tarball": format!("{}{file}", self.url), "integrity": integrity});
        let mut state = self.state.lock().unwrap();
        state.archives.insert(file, archive);
        state.packages.entry(name.to_owned()).or_default().insert(version.to_owned(), manifest);
    }

    /// Changes what the registry says about a version.
    pub(crate) fn amend(&self, name: &str, version: &str, change: impl FnOnce(&mut Value)) {
        change(
            self.state.lock().unwrap().packages.get_mut(name).unwrap().get_mut(version).unwrap(),
        );
    }

    /// Says when a version was published.
    pub(crate) fn published_at(&self, name: &str, version: &str, at: Timestamp) {
        let mut state = self.state.lock().unwrap();
        state.times.entry(name.to_owned()).or_default().insert(version.to_owned(), at);
    }

    pub(crate) fn redirect(&self, path: &str, to: &str) {
        self.state.lock().unwrap().redirects.insert(path.to_owned(), to.to_owned());
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.state.lock().unwrap().down = down;
    }

    pub(crate) fn asked(&self) -> Vec<(String, Option<String>)> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn count(&self, part: &str) -> usize {
        self.asked().iter().filter(|(path, _)| path.contains(part)).count()
    }
}

async fn answer(mut stream: TcpStream, base: String, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let (status, extra, body) = {
        let mut state = state.lock().unwrap();
        state.asked.push((path.clone(), header("authorization")));
        respond(&state, &base, &path, header("if-none-match").as_deref())
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n{extra}\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
}

fn respond(state: &State, base: &str, path: &str, known: Option<&str>) -> (u16, String, Vec<u8>) {
    if state.down {
        return (503, String::new(), Vec::new());
    }
    if let Some(to) = state.redirects.get(path) {
        return (302, format!("location: {to}\r\n"), Vec::new());
    }
    if let Some(archive) = state.archives.get(path) {
        return (200, String::new(), archive.clone());
    }
    let name = path.replace("%2f", "/");
    let Some(versions) = state.packages.get(&name) else { return (404, String::new(), Vec::new()) };
    let latest = versions.keys().next_back().unwrap();
    let mut body =
        json!({"name": name, "dist-tags": {"latest": latest}, "versions": versions, "x": base});
    if let Some(times) = state.times.get(&name) {
        body["modified"] = json!(times.values().max());
        body["time"] = json!(times);
    }
    let mut body = body.to_string().into_bytes();
    let etag = format!("\"{}\"", hex::encode(&sha2::Sha256::digest(&body)[..8]));
    if known == Some(etag.as_str()) {
        return (304, String::new(), Vec::new());
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&body).unwrap();
    body = gzip.finish().unwrap();
    (200, format!("etag: {etag}\r\ncontent-encoding: gzip\r\n"), body)
}

/// A service over the fake registry, with a cache of its own.
pub(crate) struct Place {
    pub(crate) registry: Registry,
    pub(crate) cache: tempfile::TempDir,
    pub(crate) clock: Arc<Clock>,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self {
            registry: Registry::start().await,
            cache: tempfile::TempDir::new().unwrap(),
            clock: Arc::new(Clock::default()),
        }
    }

    pub(crate) fn config(&self) -> Config {
        let registry = RegistryConfig::at(&self.registry.url).unwrap();
        Config { registry, embedded: false, ..Config::new(self.cache.path()) }
    }

    pub(crate) fn open(&self) -> Packages {
        self.open_with(self.config())
    }

    pub(crate) fn open_with(&self, config: Config) -> Packages {
        Packages::open(config, Arc::<Clock>::clone(&self.clock)).unwrap()
    }
}

pub(crate) fn dependencies(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(name, range)| ((*name).to_owned(), (*range).to_owned())).collect()
}

/// A request for these imports, whole where no names are given.
pub(crate) fn request(
    dependencies_: &[(&str, &str)],
    specifiers: &[(&str, &[&str])],
) -> BundleRequest {
    let used = |names: &[&str]| match names {
        [] => UsedExports::All,
        names => UsedExports::names(names.iter().copied()),
    };
    BundleRequest {
        dependencies: dependencies(dependencies_),
        lock: None,
        specifiers: specifiers.iter().map(|(s, names)| ((*s).to_owned(), used(names))).collect(),
    }
}

/// The text of everything that one import loads.
pub(crate) async fn code(packages: &Packages, bundle: &Bundle, specifier: &str) -> String {
    let module = &bundle.modules[specifier];
    let mut code = String::new();
    for file in std::iter::once(&module.file).chain(&module.preload) {
        let asset = packages.asset(&bundle.key, file, false).await.unwrap();
        code += std::str::from_utf8(&asset.bytes).unwrap();
    }
    code
}
