use serde_json::Value;

use crate::Starter;
use crate::config::{Config, each_text};
use crate::subject::Subject;
use crate::text::{capitalise, stems};

/// Fills `config` with the content for what a prompt is about; says whether a preset chose it.
pub(crate) fn choose(
    config: &mut Config,
    starter: &Starter,
    prompt: &str,
    subject: &Subject,
) -> bool {
    let found = stems(prompt);
    let hits = |words: &[String]| {
        words
            .iter()
            .filter(|word| {
                let wanted = stems(word);
                found.windows(wanted.len().max(1)).any(|window| window == wanted.as_slice())
            })
            .count()
    };
    let about = starter
        .manifest
        .presets
        .about
        .iter()
        .map(|about| (hits(&about.words), about))
        .filter(|(hits, _)| *hits > 0)
        .rev()
        .max_by_key(|(hits, _)| *hits);
    let (file, chosen) = match about {
        Some((_, about)) => (Some(&about.file), true),
        // A noun of the starter's own ("tasks") fits its own content.
        None if needs_generic(starter, subject) => {
            (starter.manifest.presets.generic.as_ref(), false)
        }
        None => (None, false),
    };
    if let Some(patch) = file.and_then(|file| starter.presets.get(file)) {
        config.merge(patch);
    }
    chosen
}

fn needs_generic(starter: &Starter, subject: &Subject) -> bool {
    let about = subject.noun.as_ref().map(|(_, many)| many).or(subject.kind.as_ref());
    about.is_some_and(|about| {
        let about = stems(about);
        let known = |word: &String| stems(word) == about;
        !starter.manifest.keywords.iter().any(known)
    })
}

/// Puts the words of the prompt in: the noun, the kind and the place, and {placeholders} of a preset.
pub(crate) fn fill_words(config: &mut Config, starter: &Starter, subject: &Subject, chosen: bool) {
    if let (Some((one, many)), Some(noun)) = (&subject.noun, &starter.manifest.noun) {
        config.put(&format!("words.{}", noun.one), Value::String(one.clone()));
        config.put(&format!("words.{}", noun.many), Value::String(many.clone()));
    }
    if let Some(slots) = &starter.manifest.subject {
        if let (Some(path), Some(place)) = (&slots.place, &subject.place) {
            config.put(path, Value::String(place.clone()));
        }
        if let (Some(path), Some(kind), false) = (&slots.kind, &subject.kind, chosen) {
            config.put(path, Value::String(capitalise(kind)));
        }
    }
    let text = |config: &Config, path: Option<String>| {
        path.and_then(|path| config.at(&path).and_then(Value::as_str).map(ToOwned::to_owned))
            .unwrap_or_default()
    };
    let noun = starter.manifest.noun.as_ref();
    let slots = starter.manifest.subject.as_ref();
    let one = text(config, noun.map(|noun| format!("words.{}", noun.one)));
    let many = text(config, noun.map(|noun| format!("words.{}", noun.many)));
    let kind = text(config, slots.and_then(|slots| slots.kind.clone()));
    let place = text(config, slots.and_then(|slots| slots.place.clone()));
    let title = config.text("title").to_owned();
    let pairs = [
        ("{one}", one.clone()),
        ("{many}", many.clone()),
        ("{One}", capitalise(&one)),
        ("{Many}", capitalise(&many)),
        ("{kind}", kind.to_lowercase()),
        ("{Kind}", capitalise(&kind)),
        ("{place}", place),
    ];
    each_text(&mut config.0, &|text| {
        if !text.contains('{') {
            return text.to_owned();
        }
        let filled =
            pairs.iter().fold(text.to_owned(), |text, (key, value)| text.replace(key, value));
        filled.replace("{title}", &title)
    });
}
