use qv_engine::EnvironmentKey;
use qv_llm::ProviderKind;
use qv_security::SecretString;

/// Providers' keys by the names that their own tools use, such as `ANTHROPIC_API_KEY`; and an OpenAI-compatible
/// server by `QUICKVIBE_CUSTOM_BASE_URL` with `QUICKVIBE_CUSTOM_API_KEY`.
pub(super) fn from_environment(custom_base_url: Option<&str>) -> Vec<EnvironmentKey> {
    let mut keys: Vec<EnvironmentKey> = ProviderKind::ALL
        .into_iter()
        .filter_map(|provider| {
            let secret = read(provider.key_env()?)?;
            Some(EnvironmentKey { provider, secret: Some(secret), base_url: None })
        })
        .collect();
    if let Some(url) = custom_base_url {
        keys.push(EnvironmentKey {
            provider: ProviderKind::Custom,
            secret: read("QUICKVIBE_CUSTOM_API_KEY"),
            base_url: Some(url.to_owned()),
        });
    }
    keys
}

/// The passphrases of the master key, the present one first: never in a file of settings.
pub(super) fn passphrases() -> Vec<SecretString> {
    let Some(present) = read("QUICKVIBE_MASTER_PASSPHRASE") else { return Vec::new() };
    std::iter::once(present).chain(read("QUICKVIBE_MASTER_PASSPHRASE_BEFORE")).collect()
}

/// The key of the Daytona account.
pub(super) fn daytona() -> Option<SecretString> {
    read("QUICKVIBE_DAYTONA_API_KEY").or_else(|| read("DAYTONA_API_KEY"))
}

fn read(name: &str) -> Option<SecretString> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty()).map(SecretString::from)
}
