//! What a call sends and costs: the engine's side of prompt-footprint control.

use std::collections::BTreeMap;

use qv_agent::{FileContent, ModelProfile, PastTurn, ProjectContext, ShownPart};
use qv_domain::chat::{ChatPart, ChatRequest, EditStyle, TokenUsage};
use qv_domain::{FilePath, Timestamp, TurnMode};
use qv_llm::ProviderKind;
use qv_pfc::{FactsCache, ModelRef, PackRequest, Part, PastChange, Price, Scope, SourceFile};
use qv_wire::{SentFile, TurnContext};

use super::Chosen;

/// Tokens of one picture, about: providers count by size, and ours are at most 1,568 pixels wide.
pub(crate) const IMAGE_TOKENS: u64 = 1_600;
/// Bytes of code per token, measured over 10 MB of web code with o200k.
const BYTES_PER_TOKEN: usize = 4;

/// The most that a turn spends on showing files: enough for a starter whole, far from a large project whole.
const MOST_FILE_TOKENS: u64 = 16_000;

/// A model's price per million tokens in and out, in millionths of a US dollar: the same figure as
/// pico-dollars per token.
/// `set` is an administrator's word for it, which goes before the list's.
pub(crate) fn price(
    kind: ProviderKind,
    name: &str,
    set: Option<Price>,
    at: Timestamp,
) -> Option<(u64, u64)> {
    let price = set.or_else(|| qv_pfc::price(model(kind, name), 0, at))?;
    Some((price.input, price.output))
}

/// What a call costs, in billionths of a US dollar; `None` when the price is not known.
pub(crate) fn cost_nanousd(chosen: &Chosen, usage: &TokenUsage, at: Timestamp) -> Option<u64> {
    match chosen.price_set {
        Some(price) => Some(price.cost_nanousd(usage)),
        None => qv_pfc::cost_nanousd(model(chosen.kind, &chosen.name), usage, at),
    }
}

/// Tokens of a text, as the model's tokenizer counts them.
pub(crate) fn count_text(chosen: &Chosen, text: &str) -> u64 {
    qv_pfc::count_tokens(chosen.scale, text).tokens
}

fn model(kind: ProviderKind, name: &str) -> ModelRef<'_> {
    ModelRef { name, local: kind.is_local() }
}

/// Whether a model's tokens are counted by its own tokenizer.
pub(crate) fn counts_exactly(chosen: &Chosen) -> bool {
    chosen.scale.exact()
}

/// Input tokens of a request, estimated before it is sent.
pub(crate) fn count_request(chosen: &Chosen, request: &ChatRequest) -> u64 {
    let count = |text: &str| count_text(chosen, text);
    let parts = request.messages.iter().flat_map(|message| &message.parts).map(|part| match part {
        ChatPart::Text(text) => count(text),
        ChatPart::Image(_) => IMAGE_TOKENS,
        ChatPart::CacheMark => 0,
    });
    count(&request.system) + parts.sum::<u64>()
}

/// What the machine is told of a model.
pub(crate) fn profile(chosen: &Chosen) -> ModelProfile {
    let capabilities = &chosen.capabilities;
    ModelProfile {
        name: chosen.name.clone(),
        edit_style: capabilities.edit_style,
        sees_images: capabilities.sees_images,
        max_output_tokens: capabilities.max_output_tokens,
        temperature_milli: capabilities.takes_temperature.then_some(0),
    }
}

/// Tokens of an answer that was cut off, of which only the length is known.
pub(crate) fn count_bytes(bytes: usize) -> u64 {
    (bytes / BYTES_PER_TOKEN) as u64
}

/// What a turn is shown of a project.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Footprint {
    pub(crate) context: ProjectContext,
    /// What this takes, in tokens.
    pub(crate) tokens: u64,
    /// What sending all of it would take.
    pub(crate) naive_tokens: u64,
    /// The files that are sent, each with its tokens and its reason.
    pub(crate) files: Vec<SentFile>,
}

/// What the footprint is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) files: &'a BTreeMap<FilePath, FileContent>,
    pub(crate) prompt: &'a str,
    pub(crate) mode: TurnMode,
    /// Earlier turns, oldest first, and what each changed.
    pub(crate) history: &'a [PastTurn],
    /// Whether the app is being made from a starter.
    pub(crate) is_new: bool,
    /// What the person has before them.
    pub(crate) view: &'a TurnContext,
    /// Where errors are, and the line where it is known.
    pub(crate) errors: &'a [(FilePath, Option<u32>)],
}

/// Chooses what of a project a turn is shown; `known` is what was found of its files before.
pub(crate) fn pack(shown: Shown<'_>, chosen: &Chosen, known: &mut FactsCache) -> Footprint {
    let sources: Vec<SourceFile<'_>> = shown
        .files
        .iter()
        .map(|(path, content)| SourceFile { path, text: content.as_text(), bytes: content.bytes() })
        .collect();
    let past: Vec<PastChange<'_>> = shown
        .history
        .iter()
        .map(|turn| PastChange {
            prompt: &turn.prompt,
            outcome: &turn.summary,
            changed: &turn.changed,
            in_chat: true,
        })
        .collect();
    // Only who builds by search and replace can ask for more, and edit what it saw in part.
    let asks =
        shown.mode == TurnMode::Build && chosen.capabilities.edit_style == EditStyle::SearchReplace;
    let packed = qv_pfc::pack(
        &PackRequest {
            scale: chosen.scale,
            files: &sources,
            prompt: shown.prompt,
            past: &past,
            errors: shown.errors,
            open: &shown.view.open_files,
            picked: shown.view.picked.as_ref().map(|picked| (&picked.path, picked.line)),
            scope: if asks && !shown.is_new { Scope::Part } else { Scope::Whole },
            slices: asks,
            budget: file_budget(chosen),
        },
        known,
    );
    let mut context = ProjectContext {
        map: packed.map,
        history: qv_pfc::history(&past),
        ..ProjectContext::default()
    };
    for file in &packed.sent {
        context.sent.push(file.path.clone());
        if let (Part::Slices(slices), Some(text)) =
            (&file.part, shown.files.get(&file.path).and_then(FileContent::as_text))
        {
            let part = ShownPart {
                lines: slices.iter().map(|lines| (lines.first, lines.last)).collect(),
                text: qv_pfc::render(&file.path, text, &file.part),
            };
            context.parts.insert(file.path.clone(), part);
        }
    }
    let files = packed
        .sent
        .into_iter()
        .map(|file| SentFile {
            path: file.path,
            tokens: file.tokens,
            reason: file.reason.as_str().to_owned(),
            whole: file.part == Part::Whole,
        })
        .collect();
    Footprint { context, tokens: packed.tokens, naive_tokens: packed.naive_tokens, files }
}

/// Tokens for map and files: never more than half of what a small model's window leaves beside its answer.
fn file_budget(chosen: &Chosen) -> u64 {
    let capabilities = &chosen.capabilities;
    let room = capabilities.context_tokens.saturating_sub(capabilities.max_output_tokens) / 2;
    u64::from(room).clamp(1_000, MOST_FILE_TOKENS)
}
