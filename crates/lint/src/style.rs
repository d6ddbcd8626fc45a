//! Styles that lead nowhere: class names, custom properties and whole sheets.
//!
//! Sure, because a class is told only where the app's own sheets are all that can style it and have a name that one slip
//! of the fingers makes of it, or, with Tailwind, where one slip makes it a utility or a colour of the app's theme; and
//! because a name that stands anywhere else (in a selector of a script, say) is never told.

use std::collections::{BTreeSet, HashMap};

use qv_domain::FilePath;

use crate::element::{Element, Value};
use crate::found::{Level, Place, Rule, Sink, Topic, shown};
use crate::limits::{MAX_CLASS_BYTES, MAX_COMPARED};
use crate::near::{folded, nearest};
use crate::script::Facts;
use crate::sheet::is_foreign;
use crate::words::{occurrences, places};
use crate::{App, tailwind};

const CLASS: Rule = Rule("unknown-class", Topic::Asset, Level::Warning);
const VARIABLE: Rule = Rule("unknown-variable", Topic::Asset, Level::Warning);
const SHEET: Rule = Rule("unused-sheet", Topic::Asset, Level::Warning);

/// A class name where it is given to an element.
#[derive(Debug)]
struct ClassUse<'a> {
    path: &'a FilePath,
    offset: usize,
    name: String,
}

/// Every style of an app.
#[derive(Debug, Default)]
pub(crate) struct StyleFacts<'a> {
    /// Sheets that are files.
    pub(crate) sheets: Vec<&'a FilePath>,
    /// Classes that sheets have.
    pub(crate) classes: BTreeSet<String>,
    /// Utilities with values of their own are declared.
    pub(crate) utilities: bool,
    /// Custom properties that sheets set, with `--`.
    pub(crate) declared: BTreeSet<String>,
    /// Custom properties that sheets read, without a value for when they are not there.
    pub(crate) used: Vec<(&'a FilePath, usize, String)>,
    /// Tailwind makes styles of class names.
    pub(crate) tailwind: bool,
    /// Sheets of packages or other hosts take part.
    pub(crate) foreign: bool,
    /// Sheets in languages that are not read.
    pub(crate) unreadable: bool,
    uses: Vec<ClassUse<'a>>,
}

impl<'a> StyleFacts<'a> {
    /// Class names of a text, each at its place. `offset` is the text's.
    pub(crate) fn use_classes(&mut self, path: &'a FilePath, offset: usize, names: &str) {
        for name in names.split_ascii_whitespace() {
            self.uses.push(ClassUse { path, offset, name: name.to_owned() });
        }
    }

    /// What an element of a page says about styles.
    pub(crate) fn read_element(&mut self, path: &'a FilePath, element: &Element<'_>) {
        if let Some(Value::Text(names)) = element.get("class") {
            self.use_classes(path, element.offset, names);
        }
        let text = |name: &str| match element.get(name) {
            Some(Value::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let (rel, href, src) = (text("rel"), text("href"), text("src"));
        self.foreign |= element.name == "link"
            && rel.contains("stylesheet")
            && href.contains("//")
            && !href.contains("fonts.");
        self.tailwind |= src.contains("tailwindcss");
    }
}

pub(crate) fn judge(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    if !app.is_whole() {
        return;
    }
    unused_sheets(app, facts, sink);
    let styles = &facts.styles;
    let packages = app.packages().unwrap_or_default();
    let foreign = styles.foreign
        || facts.imports.iter().any(|(_, from)| from.ends_with(".css") && is_foreign(from));
    if styles.unreadable || foreign {
        return;
    }
    variables(app, facts, sink);
    if styles.tailwind || packages.iter().any(|name| name.contains("tailwind")) {
        utilities(app, styles, sink);
    } else if !packages.iter().any(|name| name.contains("unocss") || name.contains("windi")) {
        classes(app, styles, sink);
    }
}

fn tell(app: &App<'_>, rule: Rule, one: &ClassUse<'_>, meant: &str, sink: &mut Sink) {
    let Some(text) = app.text(one.path) else { return };
    // The use's own offset is its list's: the name itself is looked for from there.
    let after = text.get(one.offset..).unwrap_or_default();
    let offset = one.offset + places(after, &one.name).next().unwrap_or(0);
    let message = format!("No style sheet has the class `{}`.", shown(&one.name));
    sink.at(
        rule,
        Place { path: one.path, text, offset },
        message,
        format!("Did you mean `{}`?", shown(meant)),
    );
}

/// Whether a class name stands in the app as nothing but a class that elements are given.
fn stands_alone(app: &App<'_>, styles: &StyleFacts<'_>, name: &str) -> bool {
    let uses = styles.uses.iter().filter(|one| one.name == name).count();
    occurrences(app, name, uses + 1) <= uses
}

/// Where classes are first used that no sheet has.
fn unknown<'s, 'a>(styles: &'s StyleFacts<'a>) -> impl Iterator<Item = &'s ClassUse<'a>> {
    let mut seen = BTreeSet::new();
    let unknown = styles
        .uses
        .iter()
        .filter(|one| one.name.len() <= MAX_CLASS_BYTES && !styles.classes.contains(&one.name));
    unknown.filter(move |one| seen.insert(one.name.as_str())).take(MAX_COMPARED)
}

fn classes(app: &App<'_>, styles: &StyleFacts<'_>, sink: &mut Sink) {
    if styles.classes.len() > MAX_COMPARED {
        return;
    }
    let known = styles.uses.iter().any(|one| styles.classes.contains(&one.name));
    if !known {
        return;
    }
    let alike: HashMap<String, &str> =
        styles.classes.iter().rev().map(|class| (folded(class), class.as_str())).collect();
    for one in unknown(styles) {
        if !sink.takes(CLASS) {
            return;
        }
        let meant = alike
            .get(&folded(&one.name))
            .copied()
            .or_else(|| nearest(&one.name, styles.classes.iter().map(String::as_str)));
        if let Some(meant) = meant
            && stands_alone(app, styles, &one.name)
        {
            tell(app, CLASS, one, meant, sink);
        }
    }
}

fn utilities(app: &App<'_>, styles: &StyleFacts<'_>, sink: &mut Sink) {
    let theme: Vec<&str> =
        styles.declared.iter().filter_map(|name| name.strip_prefix("--")).collect();
    if theme.len().max(styles.classes.len()) > MAX_COMPARED {
        return;
    }
    for one in unknown(styles) {
        if !sink.takes(CLASS) {
            return;
        }
        let own =
            || nearest(&one.name, styles.classes.iter().map(String::as_str)).map(str::to_owned);
        let meant = tailwind::slip(&one.name, &theme, styles.utilities);
        if let Some(meant) = meant.or_else(|| own().filter(|_| !tailwind::is_utility(&one.name)))
            && stands_alone(app, styles, &one.name)
        {
            tell(app, CLASS, one, &meant, sink);
        }
    }
}

/// Custom properties that are read and set nowhere.
fn variables(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    /// What packages and Tailwind set, or leave to be set.
    const OF_OTHERS: &[&str] = &[
        "--tw-",
        "--color-",
        "--default-",
        "--radix-",
        "--reach-",
        "--swiper-",
        "--spacing",
        "--text-",
        "--font-",
        "--breakpoint-",
        "--container-",
        "--radius-",
        "--shadow-",
        "--ease-",
        "--animate-",
        "--blur-",
        "--tracking-",
        "--leading-",
        "--toast",
        "--rdp-",
        "--vp-",
        "--sl-",
        "--mdc-",
    ];
    let styles = &facts.styles;
    if styles.declared.is_empty() {
        return;
    }
    // `--${name}` in a script sets whatever it likes.
    let computed: Vec<String> = app.texts().flat_map(|(_, text)| computed_names(text)).collect();
    for (path, offset, name) in styles.used.iter().take(MAX_COMPARED) {
        if !sink.takes(VARIABLE) {
            return;
        }
        if styles.declared.contains(name)
            || OF_OTHERS.iter().any(|begin| name.starts_with(begin))
            || computed.iter().any(|begin| name.starts_with(begin.as_str()))
        {
            continue;
        }
        if !app.may_search() {
            return;
        }
        let named_by_scripts = app.texts().filter(|(path, _)| path.extension() != "css");
        if named_by_scripts.into_iter().any(|(_, text)| sets(text, name)) {
            continue;
        }
        let known = styles.declared.iter().map(String::as_str);
        let remedy = sink.advice(name, known, "Set it, for example in `:root`.");
        let Some(text) = app.text(path) else { continue };
        let message = format!("`{}` is set nowhere: what uses it has no value.", shown(name));
        sink.at(VARIABLE, Place { path, text, offset: *offset }, message, remedy);
    }
}

/// How custom properties begin that scripts put together.
fn computed_names(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("${").filter_map(|(at, _)| {
        let before = &text[..at];
        let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let start = before
            .rfind(|c| !name(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        before[start..].starts_with("--").then(|| before[start..].to_owned())
    })
}

/// Whether a script names a property in another way than to read it.
fn sets(text: &str, name: &str) -> bool {
    places(text, name).any(|at| !text[..at].ends_with('('))
}

/// Sheets that are in the app and that nothing loads.
fn unused_sheets(app: &App<'_>, facts: &Facts<'_>, sink: &mut Sink) {
    for sheet in &facts.styles.sheets {
        if sheet.as_str().starts_with("public/") {
            continue;
        }
        if !app.may_search() {
            return;
        }
        let name = sheet.name();
        // In a comment it is only talked about.
        let named = app.texts().any(|(path, text)| {
            path != *sheet
                && places(text, name).any(|at| {
                    let after = &text[at + name.len()..];
                    after.starts_with(['"', '\'', '`', '?', ')', ';']) || path.extension() == "html"
                })
        });
        // `import.meta.glob` names none of what it loads.
        let globbed = || app.texts().any(|(_, text)| text.contains("import.meta.glob"));
        if named || globbed() {
            continue;
        }
        if let Some(text) = app.text(sheet) {
            let place = Place { path: sheet, text, offset: 0 };
            let message = format!("Nothing loads `{}`: its styles are lost.", shown(sheet));
            sink.at(
                SHEET,
                place,
                message,
                "Import it, for example in the app's first script, or delete it.",
            );
        }
    }
}
