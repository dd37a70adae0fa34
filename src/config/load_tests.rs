use serde_json::json;

use super::*;
use crate::chat::Currency;
use crate::chat::{Dialect, MaxTokensField};
use crate::config::PriceRow;

fn read_text(text: &str) -> Result<Config, ConfigError> {
    read(text, Path::new("config.toml"), &Environment::default())
}

fn complaint(text: &str) -> String {
    read_text(text).unwrap_err().to_string()
}

fn warnings(text: &str) -> Vec<String> {
    read_text(text).unwrap().warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_file_is_the_defaults() {
    assert_eq!(read_text(""), Ok(Config::default()));
    assert_eq!(read_text("\u{feff}# nothing\n"), Ok(Config::default()));
}

#[test]
fn the_settings_of_a_new_session_are_read() {
    let config = read_text(
        r#"
        default_provider = "ollama"
        default_model = "m-2"
        system = "Be brief."
        currency = "cny"
        theme = "paper"
        mouse = false
        [tools]
        max_rounds = 3
        [params]
        temperature = 0.35
        stop = ["a", "b"]
        response_format = "json_object"
        "#,
    )
    .unwrap();
    let mut params = Params::default();
    params.set("temperature", json!(0.35));
    params.set("stop", json!(["a", "b"]));
    params.set("response_format", json!({"type": "json_object"}));
    let place = Place { line: 6, column: 17 };
    let expected = Config {
        default_provider: Some("ollama".into()),
        default_model: Some("m-2".into()),
        system: Some("Be brief.".into()),
        currency: Currency::new("CNY"),
        theme: ThemeChoice::Named { name: "paper".into(), file: "config.toml".into(), place },
        mouse: false,
        max_rounds: 3,
        params: params.clone(),
        ..Config::default()
    };
    assert_eq!(config, expected);
    let start = chat::Settings {
        provider: "ollama".into(),
        model: "m-2".into(),
        system: Some("Be brief.".into()),
        params,
        ..chat::Settings::default()
    };
    assert_eq!(config.start(), start);
}

#[test]
fn a_provider_is_read_with_all_that_it_needs() {
    let config = read_text(
        r#"
        [providers.lab]
        base_url = "https://lab.example/v1?x=1"
        model = "m-1"
        api_key_cmd = ["pass", "show", "lab"]
        headers = { X-Team = "one", X-App = "two" }
        extra_body = { provider = { sort = "price" } }
        idle_timeout_s = 30
        connect_timeout_s = 3
        retries = 0
        [providers.lab.dialect]
        max_tokens = "max_tokens"
        stream_usage = false
        "#,
    )
    .unwrap();
    let lab = Provider {
        free: false,
        name: "lab".into(),
        base_url: BaseUrl::parse("https://lab.example/v1?x=1").unwrap(),
        model: Some("m-1".into()),
        key: KeySource::Command(vec!["pass".into(), "show".into(), "lab".into()]),
        headers: vec![("X-Team".into(), "one".into()), ("X-App".into(), "two".into())],
        extra_body: json!({"provider": {"sort": "price"}}).as_object().unwrap().clone(),
        dialect: Dialect { max_tokens: MaxTokensField::MaxTokens, stream_usage: false, ..Dialect::default() },
        idle_timeout: Some(Duration::from_secs(30)),
        connect_timeout: Some(Duration::from_secs(3)),
        retries: Some(0),
    };
    assert_eq!(config, Config { providers: vec![lab], ..Config::default() });
}

#[test]
fn prices_are_exact_and_take_the_usual_currency() {
    let config = read_text(
        "currency = \"eur\"\n[[prices]]\nmodel = \"m-*\"\ninput = 1.8\ncached = \"0.18\"\noutput = 15\n\
         [[prices]]\nmodel = \"n\"\nprovider = \"lab\"\ncurrency = \"usd\"\ninput = \"0.00000125\"\noutput = 0\n",
    )
    .unwrap();
    let price =
        |model: &str, provider: Option<&str>, currency: &str, [input, output]: [&str; 2], cached: Option<&str>| {
            PriceRow {
                model: model.into(),
                provider: provider.map(str::to_owned),
                currency: Currency::new(currency).unwrap(),
                input: input.parse().unwrap(),
                cached: cached.map(|rate| rate.parse().unwrap()),
                output: output.parse().unwrap(),
            }
        };
    let expected = [
        price("m-*", None, "EUR", ["1.8", "15"], Some("0.18")),
        price("n", Some("lab"), "USD", ["0.00000125", "0"], None),
    ];
    assert_eq!(config.prices, expected);
}

#[test]
fn a_mistake_is_named_with_file_line_and_column_and_what_would_be_right() {
    let lab = |line: &str| complaint(&format!("[providers.lab]\nbase_url = \"https://x/v1\"\n{line}\n"));
    assert_eq!(complaint("\ntheem = \"dark\""), "config.toml:2:1: `theem` is not known here; did you mean `theme`?");
    assert_eq!(lab("retires = 3"), "config.toml:3:1: `retires` is not known here; did you mean `retries`?");
    assert_eq!(
        lab("api_key = \"sk-1\""),
        "config.toml:3:1: a key has no place in this file; name its source with api_key_env, api_key_cmd or \
         api_key_keyring"
    );
    assert_eq!(
        lab("idle_timeout_s = 0"),
        "config.toml:3:18: `providers.lab.idle_timeout_s` is a whole number from 1 to 86400, not 0"
    );
    assert_eq!(lab("retries = 99"), "config.toml:3:11: `providers.lab.retries` is a whole number from 0 to 20, not 99");
    assert_eq!(
        lab("api_key_env = \"A\"\napi_key_cmd = [\"b\"]"),
        "config.toml:4:15: the key already has a source above; keep one of them"
    );
    assert_eq!(
        lab("api_key_env = \"$A\""),
        "config.toml:3:15: api_key_env is the bare name of a variable, such as OPENAI_API_KEY"
    );
    assert_eq!(
        lab("api_key_cmd = []"),
        "config.toml:3:15: api_key_cmd is a program and its arguments, such as [\"pass\", \"show\", \"openai\"]"
    );
    assert_eq!(lab("api_key_keyring = { service = \"s\" }"), "config.toml:3:19: `user` is missing here");
    assert_eq!(lab("headers = { \"a b\" = \"c\" }"), "config.toml:3:13: `a b` is no name for a header");
    assert_eq!(
        lab("headers = { A = \"b\\nc\" }"),
        "config.toml:3:17: a header's value is one line without control characters"
    );
    assert_eq!(
        lab("dialect.max_tokens = \"max_token\""),
        "config.toml:3:22: `max_token` is not known for `providers.lab.dialect.max_tokens`; did you mean `max_tokens`?"
    );
}

#[test]
fn what_is_wrong_by_its_meaning_is_named_as_well() {
    assert_eq!(
        complaint("[providers.lab]\nmodel = \"m\""),
        "config.toml:1:12: `base_url` is missing here, such as https://api.example.com/v1"
    );
    assert_eq!(
        complaint("[providers.sandbox]"),
        "config.toml:1:12: sandbox is the provider inside the program; choose another name"
    );
    assert_eq!(
        complaint("default_provider = \"olama\"\n[providers.ollama]"),
        "config.toml:1:20: there is no provider `olama`; did you mean `ollama`?"
    );
    assert_eq!(
        complaint("[params]\ntemperature = 3"),
        "config.toml:2:15: temperature goes from 0 to 2, so `3` does not fit"
    );
    assert_eq!(complaint("[params]\nx = inf"), "config.toml:2:5: `inf` is no number that can be sent");
    assert_eq!(
        complaint("[[prices]]\nmodel = \"m\"\ninput = 1\noutput = 2"),
        "config.toml:1:1: this price needs a currency, such as currency = \"CNY\""
    );
    assert_eq!(
        complaint("currency = \"yuan\""),
        "config.toml:1:12: `currency` is a currency code of three letters, such as CNY, not \"yuan\""
    );
    assert!(complaint("mouse = 3").starts_with("config.toml:1:9: "));
    assert_eq!(
        complaint("[tools]\nmax_rounds = 0"),
        "config.toml:2:14: `tools.max_rounds` is a whole number from 1 to 1000, not 0"
    );
    assert!(complaint("mouse = ").starts_with("config.toml:1:"));
}

#[test]
fn a_known_name_needs_no_address_and_another_address_presumes_no_key() {
    let config = read_text("[providers.openai]\n[providers.ollama]\nmodel = \"m\"\n").unwrap();
    assert_eq!(config.providers[0], Provider::known("openai").unwrap());
    assert_eq!(config.providers[1].base_url.as_str(), "http://127.0.0.1:11434/v1");
    let elsewhere = read_text("[providers.openai]\nbase_url = \"https://gateway.example/v1\"").unwrap();
    assert_eq!((&elsewhere.providers[0].key, &elsewhere.providers[0].model), (&KeySource::None, &None));
}

#[test]
fn the_environments_provider_joins_unless_the_file_has_its_own() {
    let environment = Environment::from_iter([("OPENAI_API_KEY", "sk-1")]);
    let read = |text| read(text, Path::new("c"), &environment).unwrap();
    assert_eq!(read("").start().provider, "openai");
    let both = read("[providers.lab]\nbase_url = \"https://x\"");
    assert_eq!(both.providers.iter().map(|provider| provider.name.as_str()).collect::<Vec<_>>(), ["lab", "openai"]);
    assert_eq!(read("[providers.openai]\nmodel = \"m\"").providers.len(), 1);
    assert_eq!(read_text("").unwrap().start().provider, "sandbox");
}

#[test]
fn an_address_in_the_environment_that_is_none_is_named_by_its_variable() {
    let environment = Environment::from_iter([("OPENAI_BASE_URL", "example.com/v1")]);
    let error = read("", Path::new("c"), &environment).unwrap_err().to_string();
    assert_eq!(
        error,
        "OPENAI_BASE_URL: `example.com/v1` does not start with http:// or https://; did you mean `http://example.com/v1`?"
    );
}

#[test]
fn a_key_over_plain_http_and_a_slip_in_a_parameter_are_worth_a_warning() {
    let exposed = "[providers.lab]\nbase_url = \"http://lab.example/v1\"\napi_key_env = \"LAB\"";
    assert_eq!(warnings(exposed), ["the key of `lab` goes to lab.example unencrypted; use https://"]);
    assert_eq!(warnings("[providers.lab]\nbase_url = \"http://lab.example/v1\""), [""; 0]);
    assert_eq!(
        warnings("[params]\ntemprature = 1\ntop_k = 40"),
        ["2:1: `temprature` is no parameter that is known and is sent as it is; did you mean `temperature`?"]
    );
}

#[test]
fn exchange_rates_have_a_direction_a_day_and_a_worth() {
    let text = "[money]\ndisplay = \"usd\"\n[[money.rates]]\nfrom = \"CNY\"\nto = \"USD\"\nrate = \"0.140\"\ndate = \"2026-11-01\"\n";
    let currency = |code| Currency::new(code).unwrap();
    let rate = chat::ExchangeRate {
        from: currency("CNY"),
        to: currency("USD"),
        rate: "0.14".parse().unwrap(),
        date: "2026-11-01".into(),
    };
    let money = crate::config::MoneyConfig { display: Some(currency("USD")), rates: vec![rate] };
    assert_eq!(read_text(text).unwrap().money, money);
    for (from, to, problem) in [
        ("\"0.140\"", "0", "config.toml:6:8: `money.rates.rate` is a number above 0, such as 1.25, not 0"),
        ("0.140", "-1", "config.toml:6:8: `money.rates.rate` is a number above 0, such as 1.25, not \"-1\""),
        ("CNY", "USD", "config.toml:3:1: an exchange rate is between two currencies"),
        ("2026-11-01", "2026-11-31", "config.toml:3:1: `2026-11-31` is no day; write it as 2026-11-01"),
    ] {
        assert_eq!(complaint(&text.replace(from, to)), problem);
    }
    let twice = format!("{text}{}", text.split_once("\n[[").map(|(_, rest)| format!("[[{rest}")).unwrap());
    assert!(complaint(&twice).ends_with("the rate from CNY to USD is there twice"));
}

#[test]
fn a_provider_may_be_free() {
    let config = read_text("[providers.ollama]\nfree = true\n").unwrap();
    assert!(config.providers[0].free && !read_text("[providers.ollama]\n").unwrap().providers[0].free);
}
