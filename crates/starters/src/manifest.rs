use qv_domain::ProjectType;
use serde::Deserialize;

/// `starter.toml`: what a starter is, what finds it, and which parts of its config.json can be set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The folder's name.
    pub id: String,
    /// As in "Made from the Kanban starter."
    pub title: String,
    /// What kind of app it is.
    #[serde(rename = "type")]
    pub kind: ProjectType,
    /// One sentence for a person who chooses.
    pub summary: String,
    /// A paragraph for matching.
    pub description: String,
    /// Words that name it.
    pub keywords: Vec<String>,
    /// Other words and phrases that people type when they want it.
    pub synonyms: Vec<String>,
    /// Where the app keeps all that can be set.
    pub config: String,
    /// How the thing that the app keeps is called.
    pub noun: Option<Noun>,
    /// Whom the page is about.
    pub subject: Option<Subject>,
    /// Colours on offer; the first is the app's own.
    pub palettes: Vec<Palette>,
    /// Fields that are known by name.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Parts of the page that can be shown or hidden.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Lists whose entries can be added, removed and renamed.
    #[serde(default)]
    pub lists: Vec<List>,
    /// Numbers that can be set.
    #[serde(default)]
    pub numbers: Vec<NumberSlot>,
    /// Texts that can be set.
    #[serde(default)]
    pub texts: Vec<TextSlot>,
    /// Content to begin with, by what the prompt is about.
    #[serde(default)]
    pub presets: Presets,
    /// What to try.
    pub examples: Examples,
}

/// Keys of `words` in config.json that hold the singular and the plural of what the app keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noun {
    /// The key of the singular.
    pub one: String,
    /// The key of the plural.
    pub many: String,
}

/// Where config.json keeps whom a page is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What it is, such as "bakery": `words.kind`.
    pub kind: Option<String>,
    /// Where it is: `words.place`.
    pub place: Option<String>,
}

/// A palette and the words that choose it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    /// The value of `palette` in config.json.
    pub name: String,
    /// Words that choose it.
    pub words: Vec<String>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// One of its options.
    Choice,
    /// Any number of words.
    Tags,
    /// Yes or no.
    Checkbox,
}

impl FieldKind {
    /// As config.json writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Tags => "tags",
            Self::Checkbox => "checkbox",
        }
    }
}

/// A field that the app's entries can have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its key in the app's data.
    pub id: String,
    /// What a person reads.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What a choice offers.
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether config.json has it from the start.
    #[serde(default)]
    pub on: bool,
    /// Words that mean it.
    #[serde(default)]
    pub words: Vec<String>,
}

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id in `sections` of config.json.
    pub id: String,
    /// Words that mean it.
    #[serde(default)]
    pub words: Vec<String>,
}

/// A list of config.json whose entries have `id` and `title`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its key in config.json.
    pub key: String,
    /// What an entry is called.
    pub noun: String,
    /// Words that mean an entry, singular and plural.
    pub words: Vec<String>,
    /// Whether the last entry is an end, such as "Done", that new ones go before.
    #[serde(default)]
    pub keep_last: bool,
}

/// A number of config.json.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSlot {
    /// Where it is, such as `minutes.focus`.
    pub path: String,
    /// What a person reads.
    pub label: String,
    /// Words that mean it.
    pub words: Vec<String>,
    /// `minutes` when hours are to be converted, or a word to show after the number.
    pub unit: Option<String>,
    /// The least that the app can use.
    pub min: i64,
    /// The most that the app can use.
    pub max: i64,
}

/// A text of config.json.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSlot {
    /// Where it is, such as `words.empty` or `sections.hero.title`.
    pub path: String,
    /// Words that mean it.
    pub words: Vec<String>,
}

/// Content to begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// For a noun that no other preset knows.
    pub generic: Option<String>,
    /// By subject; where several fit the one with most words in the prompt, then the first.
    #[serde(default)]
    pub about: Vec<About>,
}

/// A preset: a JSON merge patch (RFC 7396) over config.json.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its file, relative to the starter's folder.
    pub file: String,
    /// Words that choose it.
    pub words: Vec<String>,
}

/// What to try.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Prompts that make an app from this starter.
    pub prompts: Vec<String>,
    /// What can be asked for afterwards without a model.
    pub follow_ups: Vec<String>,
}
