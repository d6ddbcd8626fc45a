//! What a call sends and costs: the engine's side of prompt-footprint control.

use std::collections::BTreeMap;

use qv_agent::{FileContent, PastTurn, ProjectContext};
use qv_domain::chat::{ChatPart, ChatRequest, TokenUsage};
use qv_domain::{FilePath, Timestamp};
use qv_llm::ProviderKind;
use qv_pfc::{ModelRef, PackRequest, SourceFile};

use super::Chosen;

/// Tokens of one picture, about: providers count by size, and ours are at most 1,568 pixels wide.
const IMAGE_TOKENS: u64 = 1_600;
/// Bytes of code per token, measured over 10 MB of web code with o200k.
const BYTES_PER_TOKEN: usize = 4;

/// The most that a turn spends on showing files: enough for a starter whole, far from a large project whole.
const MOST_FILE_TOKENS: u64 = 16_000;

/// A model's price per million tokens in and out, in millionths of a US dollar: the same figure as
/// pico-dollars per token.
pub(crate) fn price(kind: ProviderKind, name: &str, at: Timestamp) -> Option<(u64, u64)> {
    let price = qv_pfc::price(model(kind, name), 0, at)?;
    Some((price.input, price.output))
}

/// What a call cost, in billionths of a US dollar; `None` when the price is not known.
pub(crate) fn cost_nanousd(chosen: &Chosen, usage: &TokenUsage, at: Timestamp) -> Option<u64> {
    qv_pfc::cost_nanousd(model(chosen.kind, &chosen.name), usage, at)
}

fn model(kind: ProviderKind, name: &str) -> ModelRef<'_> {
    ModelRef { name, local: kind.is_local() }
}

/// Input tokens of a request, estimated before it is sent.
pub(crate) fn count_request(chosen: &Chosen, request: &ChatRequest) -> u64 {
    let count = |text: &str| qv_pfc::count_tokens(&chosen.name, text).tokens;
    let parts = request.messages.iter().flat_map(|message| &message.parts).map(|part| match part {
        ChatPart::Text(text) => count(text),
        ChatPart::Image(_) => IMAGE_TOKENS,
    });
    count(&request.system) + parts.sum::<u64>()
}

/// Tokens of an answer that was cut off, of which only the length is known.
pub(crate) fn count_bytes(bytes: usize) -> u64 {
    (bytes / BYTES_PER_TOKEN) as u64
}

/// Chooses what of a project a turn is shown; also what sending all of it would take, in tokens.
pub(crate) fn pack(
    files: &BTreeMap<FilePath, FileContent>,
    prompt: &str,
    history: &[PastTurn],
    chosen: &Chosen,
) -> (ProjectContext, u64) {
    let sources: Vec<SourceFile<'_>> = files
        .iter()
        .map(|(path, content)| SourceFile {
            path,
            text: content.as_text(),
            bytes: content.bytes(),
            age: None,
        })
        .collect();
    let asked: Vec<&str> = history.iter().map(|turn| turn.prompt.as_str()).collect();
    let packed = qv_pfc::pack(&PackRequest {
        model: &chosen.name,
        files: &sources,
        prompt,
        history: &asked,
        errors: &[],
        budget: file_budget(chosen),
    });
    let sent = packed.sent.into_iter().map(|file| file.path).collect();
    (ProjectContext { map: packed.map, sent }, packed.naive_tokens)
}

/// Tokens for map and files: never more than half of what a small model's window leaves beside its answer.
fn file_budget(chosen: &Chosen) -> u64 {
    let capabilities = &chosen.capabilities;
    let room = capabilities.context_tokens.saturating_sub(capabilities.max_output_tokens) / 2;
    u64::from(room).clamp(1_000, MOST_FILE_TOKENS)
}
