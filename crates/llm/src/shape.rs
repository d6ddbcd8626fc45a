//! Which optional parts of a request a model takes. Learned from its refusals: a parameter that a 400 names is left
//! out and the question asked again, once for each parameter.

use qv_domain::chat::ChatRequest;

use crate::fault::Fault;
use crate::{Dialect, ProviderKind, capabilities};

/// The parameter that bounds an answer; OpenAI renamed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputLimit {
    MaxTokens,
    MaxCompletionTokens,
    /// Not sent: the model's own limit holds.
    Unsaid,
}

/// The form in which a model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) temperature: bool,
    pub(crate) stream_options: bool,
    pub(crate) cache_control: bool,
    pub(crate) output_limit: OutputLimit,
    /// A model's own maximum, where it is below what was asked for.
    pub(crate) max_output_tokens: Option<u32>,
}

impl Shape {
    /// What is known beforehand.
    pub(crate) fn of(kind: ProviderKind, model: &str) -> Self {
        let through_openrouter =
            kind == ProviderKind::OpenRouter && model.starts_with("anthropic/");
        Self {
            temperature: capabilities(model).takes_temperature,
            stream_options: true,
            cache_control: kind.dialect() == Dialect::Anthropic || through_openrouter,
            output_limit: if kind == ProviderKind::OpenAi {
                OutputLimit::MaxCompletionTokens
            } else {
                OutputLimit::MaxTokens
            },
            max_output_tokens: None,
        }
    }

    /// The most tokens to ask for.
    pub(crate) fn output_tokens(&self, request: &ChatRequest) -> u32 {
        request.max_output_tokens.min(self.max_output_tokens.unwrap_or(u32::MAX))
    }

    /// The form to try after a refusal; `None` when the refusal names nothing that could be left out.
    pub(crate) fn after(self, fault: &Fault, dialect: Dialect) -> Option<Self> {
        if !matches!(fault.status, Some(400 | 422)) {
            return None;
        }
        let names =
            |parameter: &str| fault.param == parameter || mentions(&fault.message, parameter);
        let mut next = self;
        if self.temperature && names("temperature") {
            next.temperature = false;
        } else if self.stream_options && names("stream_options") {
            next.stream_options = false;
        } else if self.cache_control && names("cache_control") {
            next.cache_control = false;
        } else if names("max_tokens") || names("max_completion_tokens") {
            next = self.with_other_limit(fault, dialect)?;
        }
        (next != self).then_some(next)
    }

    fn with_other_limit(self, fault: &Fault, dialect: Dialect) -> Option<Self> {
        let lowered = || {
            let max = maximum(&fault.message)?;
            Some(Self { max_output_tokens: Some(max), ..self })
        };
        let too_large = fault.message.contains('>') || fault.message.contains("too large");
        match (dialect, self.output_limit) {
            _ if too_large && self.max_output_tokens.is_none() => lowered(),
            (Dialect::Anthropic, _) | (_, OutputLimit::Unsaid) => None,
            (_, OutputLimit::MaxTokens) if mentions(&fault.message, "max_completion_tokens") => {
                Some(Self { output_limit: OutputLimit::MaxCompletionTokens, ..self })
            }
            (_, OutputLimit::MaxCompletionTokens)
                if fault.param != "max_tokens" && !mentions(&fault.message, "max_tokens") =>
            {
                Some(Self { output_limit: OutputLimit::MaxTokens, ..self })
            }
            _ => Some(Self { output_limit: OutputLimit::Unsaid, ..self }),
        }
    }
}

/// Whether a parameter's name stands in a text as a word of its own.
fn mentions(text: &str, parameter: &str) -> bool {
    text.match_indices(parameter).any(|(at, _)| {
        let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !text[..at].ends_with(part_of_word)
            && !text[at + parameter.len()..].starts_with(part_of_word)
    })
}

/// The number in `max_tokens: 100000 > 8192, which is the maximum` or in `supports at most 4096 completion tokens`.
fn maximum(message: &str) -> Option<u32> {
    let (_, after) = message.split_once('>').or_else(|| message.split_once("at most"))?;
    let digits: String =
        after.trim_start().chars().filter(|c| *c != ',').take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|max| *max > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(message: &str) -> Fault {
        Fault { status: Some(400), message: message.to_owned(), ..Fault::default() }
    }

    fn custom() -> Shape {
        Shape::of(ProviderKind::Custom, "m")
    }

    #[test]
    fn the_named_parameter_is_left_out_once() {
        let refusal =
            fault("Unsupported value: 'temperature' does not support 0.2 with this model.");
        let next = custom().after(&refusal, Dialect::OpenAi).unwrap();
        assert_eq!(next, Shape { temperature: false, ..custom() });
        assert_eq!(next.after(&refusal, Dialect::OpenAi), None);
        let refusal = fault("body.stream_options: Extra inputs are not permitted");
        assert!(!custom().after(&refusal, Dialect::OpenAi).unwrap().stream_options);
    }

    #[test]
    fn the_limit_is_renamed_lowered_or_left_out() {
        let renamed = custom().after(
            &fault("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
            Dialect::OpenAi,
        );
        assert_eq!(renamed.unwrap().output_limit, OutputLimit::MaxCompletionTokens);

        let back = Shape::of(ProviderKind::OpenAi, "m")
            .after(&fault("unknown field max_completion_tokens"), Dialect::OpenAi);
        assert_eq!(back.unwrap().output_limit, OutputLimit::MaxTokens);

        let anthropic = Shape::of(ProviderKind::Anthropic, "claude-3-5-haiku");
        let lowered = anthropic.after(
            &fault(
                "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens",
            ),
            Dialect::Anthropic,
        );
        assert_eq!(lowered.unwrap().max_output_tokens, Some(8_192));

        let gone = custom().after(&fault("max_tokens is not allowed"), Dialect::OpenAi).unwrap();
        assert_eq!(gone.output_limit, OutputLimit::Unsaid);
        assert_eq!(gone.after(&fault("max_tokens is not allowed"), Dialect::OpenAi), None);
    }

    #[test]
    fn other_refusals_are_not_touched() {
        assert_eq!(custom().after(&fault("messages: roles must alternate"), Dialect::OpenAi), None);
        assert_eq!(custom().after(&fault("low_temperature_mode is bad"), Dialect::OpenAi), None);
        let mut unavailable = fault("temperature");
        unavailable.status = Some(503);
        assert_eq!(custom().after(&unavailable, Dialect::OpenAi), None);
    }
}
