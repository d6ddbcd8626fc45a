use serde::{Deserialize, Serialize};

use super::record::Recorded;
use super::reply::Reply;

/// What a server says to whom. As JSON:
/// `{"models": ["scripted-1"], "rules": [{"when": "pomodoro", "replies": [{"text": "..."}]}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The models that it lists and answers for; empty: lists `scripted-1` and answers for any.
    pub models: Vec<String>,
    /// Whether calls without a key pass.
    pub keyless: bool,
    /// The only key that passes; any when `None`.
    pub key: Option<String>,
    /// The first rule that fits and has a reply left answers.
    pub rules: Vec<Rule>,
}

/// Replies to requests of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What the person's last message must contain; empty fits all.
    pub when: String,
    /// What the system prompt must contain; empty fits all.
    pub system: String,
    /// Said in turn.
    pub replies: Vec<Reply>,
    /// Whether the last reply is said again and again.
    pub repeat: bool,
}

impl Rule {
    /// Answers anything.
    pub fn always(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { replies: replies.into_iter().collect(), ..Self::default() }
    }

    /// Answers messages that contain `words`.
    pub fn when(words: impl Into<String>, replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { when: words.into(), ..Self::always(replies) }
    }

    fn fits(&self, request: &Recorded) -> bool {
        !self.replies.is_empty()
            && request.last_user.contains(&self.when)
            && request.system.contains(&self.system)
    }

    fn take(&mut self) -> Reply {
        if self.repeat && self.replies.len() == 1 {
            self.replies[0].clone()
        } else {
            self.replies.remove(0)
        }
    }
}

impl Script {
    /// The reply to a request, which is used up.
    pub(super) fn reply(&mut self, request: &Recorded) -> Option<Reply> {
        self.rules.iter_mut().find(|rule| rule.fits(request)).map(Rule::take)
    }

    /// Replies that nobody asked for yet; those that repeat are not counted.
    pub(super) fn unused(&self) -> usize {
        self.rules.iter().map(|rule| rule.replies.len() - usize::from(rule.repeat)).sum()
    }
}
