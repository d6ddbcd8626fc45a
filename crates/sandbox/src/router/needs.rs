use qv_domain::FilePath;

use super::Manifest;

/// What is known of an app.
#[derive(Debug, Clone, Copy)]
pub struct NeedsInput<'a> {
    /// Its files.
    pub paths: &'a [FilePath],
    /// Its `package.json`, where it has one.
    pub manifest: Option<&'a Manifest>,
}

/// What an app needs to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// What it is.
    pub shape: Shape,
    /// How it is served by Node; `None` when it has no server of its own to start.
    pub server: Option<DevServer>,
    /// A package of it is compiled where it is installed, so it takes a compiler.
    pub native_build: Option<String>,
    /// It brings tests that Node runs.
    pub tests: bool,
}

/// What an app is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Files as they are.
    Static,
    /// Modules for the browser, with nothing behind them.
    Spa,
    /// A program of its own that answers.
    Server,
}

/// How an app is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevServer {
    /// By what.
    pub framework: Framework,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Where it listens; also given to it as `PORT`.
    pub port: u16,
}

/// What serves an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framework {
    /// Vite.
    Vite,
    /// Next.js.
    Next,
    /// Express, Fastify, Koa, Hono and their like.
    Express,
    /// A program for Node.
    Node,
}

impl Framework {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vite => "Vite",
            Self::Next => "Next.js",
            Self::Express => "a web server on Node",
            Self::Node => "a program on Node",
        }
    }
}

/// Packages that answer requests.
const SERVERS: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "@hono/node-server",
    "@nestjs/core",
    "@hapi/hapi",
    "polka",
    "restify",
    "h3",
    "ws",
    "socket.io",
];
/// Packages that bring a server and render there.
const FULL_STACK: &[&str] =
    &["next", "nuxt", "@sveltejs/kit", "@remix-run/node", "@react-router/node", "astro"];
/// Packages that compile when they are installed, unless a binary is fetched from elsewhere than npm.
const NATIVE: &[&str] =
    &["better-sqlite3", "sqlite3", "bcrypt", "canvas", "node-gyp", "argon2", "re2", "isolated-vm"];
/// Where a program begins that no script names.
const ENTRIES: &[&str] = &[
    "server.js",
    "server.mjs",
    "server/index.js",
    "server/index.mjs",
    "src/server.js",
    "index.js",
    "index.mjs",
    "app.js",
];
/// The port of apps whose server listens where it is told.
const PORT: u16 = 3_000;

/// Tells what an app needs from its files.
#[must_use]
pub fn needs(input: NeedsInput<'_>) -> Needs {
    let none = Manifest::default();
    let manifest = input.manifest.unwrap_or(&none);
    let server = dev_server(input.paths, manifest);
    let answers = SERVERS.iter().chain(FULL_STACK).any(|name| manifest.has(name))
        || server.as_ref().is_some_and(|server| server.framework == Framework::Node);
    let shape = if answers {
        Shape::Server
    } else if input.paths.iter().any(is_module) {
        Shape::Spa
    } else {
        Shape::Static
    };
    Needs {
        shape,
        server,
        native_build: NATIVE.iter().find(|name| manifest.has(name)).map(|name| (*name).to_owned()),
        tests: manifest.script("test").is_some_and(|script| !script.contains("no test specified")),
    }
}

fn dev_server(paths: &[FilePath], manifest: &Manifest) -> Option<DevServer> {
    let npm = |script: &str| ["npm", "run", "--silent", script].map(str::to_owned).to_vec();
    let answers = SERVERS.iter().any(|name| manifest.has(name));
    let serve = ["dev", "start"].into_iter().find(|name| manifest.script(name).is_some());
    let words = serve.and_then(|name| manifest.script(name)).unwrap_or_default();
    let (framework, port) = if manifest.has("next") {
        (Framework::Next, PORT)
    } else if answers {
        (Framework::Express, PORT)
    } else if manifest.has("vite") {
        (Framework::Vite, 5_173)
    } else {
        (Framework::Node, PORT)
    };
    match (framework, serve) {
        (Framework::Vite, _) => Some(DevServer {
            framework,
            command: vec!["npx", "--no-install", "vite", "--port", "5173", "--strictPort"]
                .into_iter()
                .map(str::to_owned)
                .collect(),
            port,
        }),
        (Framework::Next, _) => Some(DevServer {
            framework,
            command: ["npx", "--no-install", "next", "dev", "--port", "3000"]
                .map(str::to_owned)
                .to_vec(),
            port,
        }),
        (Framework::Express, Some(script)) => {
            Some(DevServer { framework, command: npm(script), port })
        }
        (Framework::Node, Some(script)) if runs_node(words) => {
            Some(DevServer { framework, command: npm(script), port })
        }
        (Framework::Express, None) => entry(paths, manifest).map(|file| DevServer {
            framework,
            command: vec!["node".to_owned(), file],
            port,
        }),
        (Framework::Node, _) => server_file(paths).map(|file| DevServer {
            framework,
            command: vec!["node".to_owned(), file],
            port,
        }),
    }
}

/// Whether a script starts a program on Node.
fn runs_node(script: &str) -> bool {
    script
        .split(|c: char| c.is_whitespace() || matches!(c, '&' | ';' | '|'))
        .any(|word| matches!(word, "node" | "nodemon" | "tsx" | "ts-node"))
}

fn entry(paths: &[FilePath], manifest: &Manifest) -> Option<String> {
    let has = |name: &str| paths.iter().any(|path| path.as_str() == name);
    let main = manifest.main.as_deref().map(|main| main.trim_start_matches("./"));
    main.filter(|main| has(main))
        .or_else(|| ENTRIES.iter().copied().find(|name| has(name)))
        .map(str::to_owned)
}

/// A file that is a server by its name; a lone `index.js` may be a page's script.
fn server_file(paths: &[FilePath]) -> Option<String> {
    let has = |name: &&&str| paths.iter().any(|path| path.as_str() == **name);
    ENTRIES.iter().filter(|name| name.contains("server")).find(has).map(|name| (*name).to_owned())
}

fn is_module(path: &FilePath) -> bool {
    let path = path.as_str();
    [".tsx", ".jsx", ".ts", ".vue", ".svelte"].iter().any(|end| path.ends_with(end))
}
