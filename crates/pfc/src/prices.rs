//! What models cost. The list is vendored: see `data/trim_prices.py` for where it comes from.

use std::sync::LazyLock;

use qv_domain::Timestamp;
use qv_domain::chat::TokenUsage;
use serde::Deserialize;

/// Which model is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelRef<'a> {
    /// The provider's own name of it; a vendor in front (`anthropic/claude-sonnet-5`) does not matter.
    pub name: &'a str,
    /// Whether it runs on the operator's own machines: then it is free.
    pub local: bool,
}

/// Prices in pico-US-dollars (10^-12) for one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// Sent.
    pub input: u64,
    /// Answered.
    pub output: u64,
    /// Read from the provider's cache.
    pub cache_read: u64,
    /// Written to the provider's cache (for five minutes, where there is a choice).
    pub cache_write: u64,
}

impl Price {
    /// What these tokens cost in nano-US-dollars, rounded up.
    #[must_use]
    pub fn cost_nanousd(&self, usage: &TokenUsage) -> u64 {
        let pico = [
            (usage.input, self.input),
            (usage.output, self.output),
            (usage.cache_read, self.cache_read),
            (usage.cache_write, self.cache_write),
        ]
        .into_iter()
        .fold(0_u128, |sum, (tokens, each)| sum + u128::from(tokens) * u128::from(each));
        u64::try_from(pico.div_ceil(1_000)).unwrap_or(u64::MAX)
    }
}

/// Where the prices come from: shown beside every cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// Whose list, and its version.
    pub source: String,
    /// When it was taken, as `2026-11-23`.
    pub date: String,
    /// How many models it knows.
    pub models: usize,
}

/// Where the prices come from.
#[must_use]
pub fn price_list() -> PriceList {
    PriceList {
        source: LIST.source.clone(),
        date: LIST.date.clone(),
        models: LIST.providers.iter().map(|provider| provider.models.len()).sum(),
    }
}

/// What a token costs for a call of `prompt_tokens` at this moment; `None` when the model's price
/// is unknown, which is never the same as free.
#[must_use]
pub fn price(model: ModelRef<'_>, prompt_tokens: u64, at: Timestamp) -> Option<Price> {
    if model.local {
        return Some(Price::default());
    }
    let day = at.to_string().chars().take(10).collect::<String>();
    let name = model.name.to_ascii_lowercase();
    let entry = find(&name)?.prices.iter().rev().find(|entry| entry.from <= day)?;
    let input = entry.input.at(prompt_tokens);
    Some(Price {
        input,
        output: entry.output.at(prompt_tokens),
        cache_read: entry.cache_read.as_ref().map_or(input, |tiers| tiers.at(prompt_tokens)),
        cache_write: entry.cache_write.as_ref().map_or(input, |tiers| tiers.at(prompt_tokens)),
    })
}

/// What a call costs in nano-US-dollars, rounded up; `None` when the model's price is unknown.
#[must_use]
pub fn cost_nanousd(model: ModelRef<'_>, usage: &TokenUsage, at: Timestamp) -> Option<u64> {
    let prompt = usage.input.saturating_add(usage.cache_read).saturating_add(usage.cache_write);
    Some(price(model, prompt, at)?.cost_nanousd(usage))
}

/// The model of this name; the name without its vendor where the whole one is not known.
fn find(name: &str) -> Option<&'static Model> {
    let by_name = |name: &str| {
        let models = || LIST.providers.iter().flat_map(|provider| &provider.models);
        models()
            .find(|model| model.id == name)
            .or_else(|| models().find(|model| model.is_named(name)))
    };
    by_name(name).or_else(|| by_name(name.rsplit_once('/')?.1))
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    // The file is part of the program and a test reads it; without it no price would be known.
    serde_json::from_str(include_str!("../data/prices.json")).unwrap_or_default()
});

#[derive(Debug, Default, Deserialize)]
struct List {
    source: String,
    date: String,
    providers: Vec<Provider>,
}

#[derive(Debug, Deserialize)]
struct Provider {
    models: Vec<Model>,
}

#[derive(Debug, Deserialize)]
struct Model {
    id: String,
    #[serde(rename = "match")]
    rules: Vec<Rule>,
    /// By date, the newest last.
    prices: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    /// The first day, as `2026-11-23`; empty for always.
    #[serde(default)]
    from: String,
    input: Tiers,
    output: Tiers,
    cache_read: Option<Tiers>,
    cache_write: Option<Tiers>,
}

/// The price, and what it is from longer prompts on.
#[derive(Debug, Deserialize)]
struct Tiers(Vec<Tier>);

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Tier {
    Base(u64),
    Above(u64, u64),
}

impl Tiers {
    fn at(&self, prompt_tokens: u64) -> u64 {
        let applies = |tier: &&Tier| match tier {
            Tier::Base(_) => true,
            Tier::Above(start, _) => prompt_tokens > *start,
        };
        match self.0.iter().rev().find(applies) {
            Some(Tier::Base(price) | Tier::Above(_, price)) => *price,
            None => 0,
        }
    }
}

/// `=whole`, `^beginning`, `$end`, `~part`, `!not a part`, `#mask` where `D` is a digit and a `*` at
/// the end is anything; a list is all of its rules.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rule {
    One(String),
    All(Vec<String>),
}

impl Model {
    fn is_named(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::One(rule) => holds(rule, name),
            Rule::All(rules) => rules.iter().all(|rule| holds(rule, name)),
        })
    }
}

fn holds(rule: &str, name: &str) -> bool {
    let Some((sign, text)) = rule.split_at_checked(1) else { return false };
    match sign {
        "=" => name == text,
        "^" => name.starts_with(text),
        "$" => name.ends_with(text),
        "~" => name.contains(text),
        "!" => !name.contains(text),
        "#" => fits(text, name),
        _ => false,
    }
}

fn fits(mask: &str, name: &str) -> bool {
    let (mask, open) = mask.strip_suffix('*').map_or((mask, false), |mask| (mask, true));
    let fits = |(m, n): (char, char)| if m == 'D' { n.is_ascii_digit() } else { m == n };
    let long_enough = if open { name.len() >= mask.len() } else { name.len() == mask.len() };
    long_enough && mask.chars().zip(name.chars()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_500_000_000_000); // 2026-11-24

    fn hosted(name: &str) -> ModelRef<'_> {
        ModelRef { name, local: false }
    }

    #[test]
    fn the_list_is_whole_and_says_where_it_comes_from() {
        assert!(serde_json::from_str::<List>(include_str!("../data/prices.json")).is_ok());
        let list = price_list();
        assert_eq!((list.models, list.date.as_str()), (290, "2026-11-23"));
        assert!(list.source.contains("genai-prices 0.2.3"));
        for model in LIST.providers.iter().flat_map(|provider| &provider.models) {
            assert!(
                model.prices.windows(2).all(|pair| pair[0].from <= pair[1].from),
                "{}",
                model.id
            );
            assert!(
                model.prices.iter().all(|entry| entry.input.at(0) > 0 || model.id.contains("free")),
                "{}",
                model.id
            );
        }
    }

    #[test]
    fn prices_are_found_by_any_spelling_of_a_name() {
        for name in
            ["claude-3-5-sonnet-20241022", "anthropic/claude-3.5-sonnet", "Claude-3-5-Sonnet"]
        {
            let price = price(hosted(name), 0, NOW).unwrap();
            let expected = Price {
                input: 3_000_000,
                output: 15_000_000,
                cache_read: 300_000,
                cache_write: 3_750_000,
            };
            assert_eq!(price, expected, "{name}");
        }
        assert_eq!(price(hosted("no-such-model"), 0, NOW), None);
        assert_eq!(
            price(ModelRef { name: "no-such-model", local: true }, 0, NOW),
            Some(Price::default())
        );
        assert!(fits("a-DD", "a-12") && !fits("a-DD", "a-1x") && !fits("a-DD", "a-123"));
        assert!(fits("a-D*", "a-1x") && !fits("a-D*", "a-"));
    }

    #[test]
    fn longer_prompts_and_later_days_have_their_own_price() {
        let input = |tokens| price(hosted("claude-haiku-5-5"), tokens, NOW).unwrap().input;
        assert_eq!((input(100_000), input(100_001)), (100_000, 500_000));
        let at = |day: &str| price(hosted("deepseek-v4-flash"), 0, day_at(day)).unwrap().output;
        assert_eq!(
            (at("2026-08-16"), at("2026-08-17"), at("2026-11-24")),
            (280_000, 660_000, 1_200_000)
        );
    }

    #[test]
    fn a_call_costs_what_its_tokens_cost() {
        let usage = TokenUsage {
            input: 1_000,
            output: 100,
            cache_read: 10_000,
            cache_write: 3,
            reported: true,
        };
        let cost = cost_nanousd(hosted("claude-3-5-sonnet"), &usage, NOW).unwrap();
        assert_eq!(cost, 3_000_000 + 1_500_000 + 3_000_000 + 11_250);
        let tiny = TokenUsage { input: 1, ..TokenUsage::default() };
        assert_eq!(cost_nanousd(hosted("claude-haiku-5-5"), &tiny, NOW), Some(100));
        let all = TokenUsage { input: u64::MAX, output: u64::MAX, ..TokenUsage::default() };
        assert_eq!(cost_nanousd(hosted("claude-3-5-sonnet"), &all, NOW), Some(u64::MAX));
        assert_eq!(cost_nanousd(hosted("unknown"), &usage, NOW), None);
    }

    fn day_at(day: &str) -> Timestamp {
        serde_json::from_str(&format!("\"{day}T12:00:00Z\"")).unwrap()
    }
}
