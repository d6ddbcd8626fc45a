/// Words of requests that a browser alone cannot meet.
const WORDS: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "nestjs",
    "next.js",
    "nextjs",
    "node",
    "node.js",
    "nodejs",
    "npm",
    "server",
    "backend",
    "back-end",
    "fullstack",
    "full-stack",
    "sqlite",
    "postgres",
    "database",
    "api",
    "endpoint",
    "endpoints",
    "websocket",
    "websockets",
    "vitest",
    "jest",
    "cli",
    "script",
    "sandbox",
    "terminal",
];
/// The same of several words.
const PHRASES: &[&str] =
    &["back end", "full stack", "run the tests", "run tests", "unit test", "run the build"];

/// Whether a request speaks of what needs a machine. A wrong yes costs a few words in the prompt; a wrong no, that the
/// agent builds for the browser until the project has a server.
#[must_use]
pub fn asks_for_a_machine(request: &str) -> bool {
    let text = request.to_lowercase();
    let is_word = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let mut words = text.split(|c: char| !is_word(c)).map(|word| word.trim_matches(['.', '-']));
    words.any(|word| WORDS.contains(&word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
}
