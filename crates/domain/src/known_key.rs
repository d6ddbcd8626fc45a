//! How the keys of well-known services look: for masking them in texts, and for finding them in files.

/// What somebody who has a key can do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyReach {
    /// Its owner's account, or a part of it.
    Secret,
    /// What its service means every visitor to have, such as a publishable key.
    Public,
    /// Which of the two cannot be told by how it begins.
    Unknown,
}

/// One kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownKey {
    /// How it begins.
    pub prefix: &'static str,
    /// Whose it is, as said to a person.
    pub service: &'static str,
    /// What it opens.
    pub reach: KeyReach,
    /// The fewest characters that a real one has, its beginning included.
    pub chars: usize,
}

const fn key(
    prefix: &'static str,
    service: &'static str,
    reach: KeyReach,
    chars: usize,
) -> KnownKey {
    KnownKey { prefix, service, reach, chars }
}

/// The kinds that are known; of two that fit, the longer beginning comes first.
pub const KNOWN_KEYS: &[KnownKey] = {
    use KeyReach::{Public, Secret, Unknown};
    &[
        key("sk-ant-", "Anthropic", Secret, 40),
        key("sk-or-v1-", "OpenRouter", Secret, 40),
        key("sk-proj-", "OpenAI", Secret, 40),
        key("sk_live_", "Stripe", Secret, 24),
        key("sk_test_", "Stripe (test mode)", Secret, 24),
        key("rk_live_", "Stripe", Secret, 24),
        key("pk_live_", "Stripe", Public, 24),
        key("pk_test_", "Stripe (test mode)", Public, 24),
        key("sk-", "OpenAI", Secret, 35),
        key("sk_", "a service with keys that begin with `sk_`", Unknown, 30),
        key("pk_", "a service with publishable keys", Public, 30),
        key("rk_", "a service with restricted keys", Unknown, 30),
        key("AIza", "Google", Unknown, 39),
        key("ya29.", "Google (access token)", Secret, 40),
        key("gsk_", "Groq", Secret, 40),
        key("xai-", "xAI", Secret, 40),
        key("hf_", "Hugging Face", Secret, 34),
        key("r8_", "Replicate", Secret, 37),
        key("github_pat_", "GitHub", Secret, 50),
        key("ghp_", "GitHub", Secret, 40),
        key("gho_", "GitHub", Secret, 40),
        key("ghu_", "GitHub", Secret, 40),
        key("ghs_", "GitHub", Secret, 40),
        key("ghr_", "GitHub", Secret, 40),
        key("glpat-", "GitLab", Secret, 26),
        key("xoxb-", "Slack", Secret, 30),
        key("xoxp-", "Slack", Secret, 30),
        key("xoxa-", "Slack", Secret, 30),
        key("xapp-", "Slack", Secret, 30),
        key("AKIA", "Amazon Web Services", Secret, 20),
        key("ASIA", "Amazon Web Services", Secret, 20),
        key("npm_", "npm", Secret, 40),
        key("dop_v1_", "DigitalOcean", Secret, 60),
        key("SG.", "SendGrid", Secret, 60),
        key("pypi-", "PyPI", Secret, 60),
        key("whsec_", "a webhook", Secret, 32),
        key("sbp_", "Supabase", Secret, 40),
        key("sb_secret_", "Supabase", Secret, 30),
        key("sb_publishable_", "Supabase", Public, 30),
        key("eyJ", "a signed token", Unknown, 60),
    ]
};
