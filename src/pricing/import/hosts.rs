//! The hosts of providers that price lists know by name alone.

/// Provider and host, as the vendors' documents tell the base URL of their chat completions.
const HOSTS: &[(&str, &str)] = &[
    ("openai", "api.openai.com"),
    ("text-completion-openai", "api.openai.com"),
    ("anthropic", "api.anthropic.com"),
    ("google", "generativelanguage.googleapis.com"),
    ("gemini", "generativelanguage.googleapis.com"),
    ("mistral", "api.mistral.ai"),
    ("deepseek", "api.deepseek.com"),
    ("groq", "api.groq.com"),
    ("xai", "api.x.ai"),
    ("x-ai", "api.x.ai"),
    ("openrouter", "openrouter.ai"),
    ("moonshot", "api.moonshot.ai"),
    ("moonshotai", "api.moonshot.ai"),
    ("moonshotai-cn", "api.moonshot.cn"),
    ("dashscope", "dashscope-intl.aliyuncs.com"),
    ("alibaba", "dashscope-intl.aliyuncs.com"),
    ("alibaba-cn", "dashscope.aliyuncs.com"),
    ("perplexity", "api.perplexity.ai"),
    ("cohere", "api.cohere.ai"),
    ("cohere_chat", "api.cohere.ai"),
    ("cerebras", "api.cerebras.ai"),
    ("together", "api.together.xyz"),
    ("together_ai", "api.together.xyz"),
    ("togetherai", "api.together.xyz"),
    ("fireworks", "api.fireworks.ai"),
    ("fireworks_ai", "api.fireworks.ai"),
    ("fireworks-ai", "api.fireworks.ai"),
    ("deepinfra", "api.deepinfra.com"),
    ("sambanova", "api.sambanova.ai"),
    ("novita", "api.novita.ai"),
    ("zai", "api.z.ai"),
    ("zhipuai", "open.bigmodel.cn"),
];

/// The host of a provider that is known by name.
pub(super) fn of(provider: &str) -> Option<&'static str> {
    HOSTS.iter().find(|(name, _)| *name == provider).map(|(_, host)| *host)
}

/// The host in an address, or in a pattern that stands for one address alone.
pub(super) fn in_url(url: &str) -> Option<String> {
    let url = url.replace("\\.", ".");
    let rest = url.strip_prefix("https://")?;
    let host = rest.split('/').next().unwrap_or_default();
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-.".contains(sign);
    let whole = host.contains('.') && !host.ends_with('.') && host.chars().all(plain);
    whole.then(|| host.to_ascii_lowercase())
}
