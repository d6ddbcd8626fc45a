//! What files are for whose text does not say it: words that people use for them.

/// Words for a path; empty where the path and the text speak for themselves.
pub(crate) fn words(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders).to_ascii_lowercase();
    let within = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    let begins = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    let mut words: Vec<&str> = Vec::new();
    match name.as_str() {
        "package.json" => words.push(
            "dependency dependencies package npm library install upgrade bump version script",
        ),
        "index.html" => {
            words.push("html page title meta tag favicon icon head script font seo analytics");
        }
        _ => {}
    }
    if begins(&["tsconfig", "jsconfig"]) {
        words.push("typescript type compiler config lib alias");
    }
    if begins(&["vite.", "webpack.", "rollup.", "next.config", "nuxt.config", "babel."]) {
        words.push("build bundle bundler config plugin alias proxy server");
    }
    if begins(&[".eslint", "eslint.", ".prettier", "prettier.", ".stylelint", "biome."]) {
        words.push("lint linter format formatter rule style config");
    }
    if begins(&["tailwind.", "postcss."]) {
        words.push("tailwind theme color font style css config");
    }
    if begins(&["readme", "contributing", "changelog", "license"]) {
        words.push("readme documentation docs license badge");
    }
    if begins(&["manifest", "site.webmanifest", "sw.", "service-worker"]) {
        words.push("pwa install manifest icon offline service worker");
    }
    if matches!(ending, "css" | "scss" | "sass" | "less") {
        words.push("style css design theme color layout spacing font responsive");
    }
    if ending == "sql" || within(&["migrations", "supabase", "prisma"]) {
        words.push("database table schema migration sql");
    }
    if begins(&["router", "routes", "route."]) || (stem == "app" && folders.len() <= 3) {
        words.push("route router routing navigation page redirect link");
    }
    if name.contains(".test.")
        || name.contains(".spec.")
        || name.contains(".cy.")
        || within(&["tests", "test", "__tests__", "e2e", "cypress", "spec"])
    {
        words.push("test tests testing spec unit coverage e2e");
    }
    if within(&["workflows", ".github", ".circleci"]) || begins(&[".travis", ".gitlab"]) {
        words.push("ci workflow action pipeline deploy release build test");
    }
    if within(&["locales", "i18n", "lang", "translations", "locale"]) {
        words.push(
            "translation translations language i18n text label wording message string locale",
        );
    }
    if within(&["types", "interfaces", "models"]) || name.ends_with(".d.ts") || begins(&["types."])
    {
        words.push("type types typing interface model field");
    }
    if within(&["store", "stores", "context", "contexts", "state"]) {
        words.push("state store context");
    }
    words.join(" ")
}
