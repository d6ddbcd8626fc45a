//! Lists of models, in the shapes in which servers give them.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::{ModelInfo, capabilities};
use crate::{CallLimits, LlmError};

/// A list is short and comes at once. OpenRouter's, the longest known, has about half a megabyte.
pub(crate) const LIST_LIMITS: CallLimits = CallLimits {
    first_byte: Duration::from_secs(15),
    idle: Duration::from_secs(15),
    total: Duration::from_secs(30),
    event_bytes: 8_000_000,
    response_bytes: 8_000_000,
};

const MAX_PAGES: u32 = 5;
const MAX_MODELS: usize = 2_000;
const MAX_ID_CHARS: usize = 200;

/// Words in the names of models that do not chat.
const NO_CHAT: [&str; 16] = [
    "embed",
    "whisper",
    "tts",
    "dall-e",
    "moderation",
    "transcribe",
    "realtime",
    "rerank",
    "audio",
    "-image",
    "davinci-002",
    "babbage-002",
    "imagen",
    "veo-",
    "lyria",
    "-live",
];

/// A list of models as it grows, page by page.
#[derive(Default)]
pub(crate) struct Listing {
    models: Vec<ModelInfo>,
    after: Option<String>,
    pages: u32,
}

impl Listing {
    /// Asks for the next page, in Anthropic's way.
    pub(crate) fn ask_for_page(&self, url: &mut Url) {
        let mut query = url.query_pairs_mut();
        query.append_pair("limit", "1000");
        if let Some(after) = &self.after {
            query.append_pair("after_id", after);
        }
    }

    /// Takes a page in; whether there are more.
    pub(crate) fn add_page(&mut self, text: &str) -> Result<bool, LlmError> {
        let wrong = || LlmError::Protocol { message: "its list of models is none".to_owned() };
        let json: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        // Ollama without models says `"data": null`.
        let no_models = json["data"].is_null() && json["object"] == "list";
        let items = match json["data"].as_array().or_else(|| json.as_array()) {
            Some(items) => items.as_slice(),
            None if no_models => &[],
            None => return Err(wrong()),
        };
        self.models.extend(items.iter().filter_map(model));
        self.models.truncate(MAX_MODELS);
        self.pages += 1;
        self.after = json["last_id"].as_str().map(str::to_owned);
        let more = json["has_more"] == true && self.after.is_some();
        Ok(more && self.pages < MAX_PAGES && self.models.len() < MAX_MODELS)
    }

    /// By name, each once.
    pub(crate) fn into_models(mut self) -> Vec<ModelInfo> {
        self.models.sort_by(|a, b| a.id.cmp(&b.id));
        self.models.dedup_by(|a, b| a.id == b.id);
        self.models
    }
}

fn model(json: &Value) -> Option<ModelInfo> {
    let id = json["id"].as_str()?;
    // Google's list has `models/gemini-...`; its chat takes the name alone.
    let id = id.strip_prefix("models/").unwrap_or(id);
    let name = id.to_ascii_lowercase();
    let unusable =
        id.is_empty() || id.chars().count() > MAX_ID_CHARS || id.contains(char::is_control);
    if unusable || NO_CHAT.iter().any(|word| name.contains(word)) {
        return None;
    }
    let mut can = capabilities(id);
    let number = |pointers: &[&str]| {
        pointers.iter().find_map(|pointer| {
            json.pointer(pointer)?.as_u64().filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok())
        })
    };
    // In order: llama-server, vLLM, OpenRouter, Groq, Mistral, LM Studio, Anthropic.
    if let Some(context) = number(&[
        "/meta/n_ctx",
        "/max_model_len",
        "/context_length",
        "/context_window",
        "/max_context_length",
        "/loaded_context_length",
        "/max_input_tokens",
    ]) {
        can.context_tokens = context;
        if !can.known {
            can.max_output_tokens = (context / 2).clamp(1, 16_384);
        }
    }
    if let Some(output) = number(&[
        "/top_provider/max_completion_tokens",
        "/max_completion_tokens",
        "/max_output_tokens",
    ]) {
        can.max_output_tokens = output;
    }
    can.max_output_tokens = can.max_output_tokens.min(can.context_tokens);
    if let Some(inputs) = json.pointer("/architecture/input_modalities").and_then(Value::as_array) {
        can.sees_images = inputs.iter().any(|input| input == "image");
    }
    let label = ["display_name", "name"].iter().find_map(|key| json[*key].as_str());
    let label = label.filter(|label| !label.is_empty() && *label != id);
    Some(ModelInfo {
        id: id.to_owned(),
        label: label.map(|label| label.chars().take(MAX_ID_CHARS).collect()),
        capabilities: can,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<ModelInfo> {
        let mut listing = Listing::default();
        assert!(!listing.add_page(text).unwrap());
        listing.into_models()
    }

    #[test]
    fn servers_correct_what_is_assumed() {
        let [model] = &read(
            r#"{"object":"list","data":[{"id":"smol","object":"model","owned_by":"llamacpp","meta":{"n_ctx":2048,"n_params":134515008}}]}"#,
        )[..] else {
            panic!("one model")
        };
        assert_eq!(
            (model.capabilities.context_tokens, model.capabilities.max_output_tokens),
            (2_048, 1_024)
        );

        let [model] = &read(
            r#"{"data":[{"id":"x/new","name":"New","context_length":400000,"architecture":{"input_modalities":["text","image"]},"top_provider":{"max_completion_tokens":64000}}]}"#,
        )[..] else {
            panic!("one model")
        };
        assert!(model.capabilities.sees_images);
        assert_eq!(model.capabilities.max_output_tokens, 64_000);
        assert_eq!(model.label.as_deref(), Some("New"));
    }

    #[test]
    fn only_models_that_chat_are_listed_each_once() {
        let ids: Vec<String> = read(
            r#"{"data":[{"id":"models/gemini-3.8-flash"},{"id":"text-embedding-3-small"},{"id":"gpt-4o-transcribe"},{"id":"gemini-3.8-flash"},{"id":""},{"name":"none"}]}"#,
        )
        .into_iter()
        .map(|model| model.id)
        .collect();
        assert_eq!(ids, ["gemini-3.8-flash"]);
    }

    #[test]
    fn pages_are_followed_but_not_without_end() {
        let mut listing = Listing::default();
        let page = r#"{"data":[{"id":"claude-opus-5"}],"has_more":true,"last_id":"claude-opus-5"}"#;
        let mut pages = 1;
        while listing.add_page(page).unwrap() {
            pages += 1;
            let mut url = Url::parse("https://host.example/v1/models").unwrap();
            listing.ask_for_page(&mut url);
            assert_eq!(url.query(), Some("limit=1000&after_id=claude-opus-5"));
        }
        assert_eq!(pages, MAX_PAGES);
        assert_eq!(listing.into_models().len(), 1);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert_eq!(read(r#"{"object":"list","data":null}"#), []);
        for text in ["", "<html>", "{}", r#"{"data":{}}"#] {
            assert!(Listing::default().add_page(text).is_err(), "{text}");
        }
    }
}
