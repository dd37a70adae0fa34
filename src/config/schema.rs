//! What may stand in `config.toml`, as it is written there.
//!
//! Owns the names of the fields and nothing of their meaning. Their kinds and bounds were checked before (`shape`).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::chat::{Currency, Dialect};

/// A table whose names and values know their places.
pub(super) type Named<T> = BTreeMap<Spanned<String>, Spanned<T>>;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) default_provider: Option<Spanned<String>>,
    pub(super) default_model: Option<String>,
    pub(super) system: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) theme: Option<Spanned<String>>,
    pub(super) mouse: Option<bool>,
    pub(super) tools: ToolsFile,
    pub(super) params: Named<Value>,
    pub(super) providers: Named<ProviderFile>,
    pub(super) prices: Vec<Spanned<PriceFile>>,
    pub(super) money: MoneyFile,
    pub(super) budget: BudgetFile,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ToolsFile {
    pub(super) max_rounds: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProviderFile {
    pub(super) base_url: Option<Spanned<String>>,
    pub(super) model: Option<String>,
    pub(super) api_key_env: Option<Spanned<String>>,
    pub(super) api_key_cmd: Option<Spanned<Vec<String>>>,
    pub(super) api_key_keyring: Option<Spanned<KeyringFile>>,
    pub(super) headers: Named<String>,
    pub(super) extra_body: BTreeMap<String, Spanned<Value>>,
    pub(super) dialect: Dialect,
    pub(super) idle_timeout_s: Option<u64>,
    pub(super) connect_timeout_s: Option<u64>,
    pub(super) retries: Option<u32>,
    pub(super) free: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyringFile {
    pub(super) service: String,
    pub(super) user: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceFile {
    pub(super) model: String,
    pub(super) provider: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) input: Decimal,
    pub(super) cached: Option<Decimal>,
    pub(super) output: Decimal,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MoneyFile {
    pub(super) display: Option<Currency>,
    pub(super) rates: Vec<Spanned<RateFile>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BudgetFile {
    pub(super) currency: Option<Currency>,
    pub(super) request: Option<Spanned<Decimal>>,
    pub(super) session: Option<Spanned<Decimal>>,
    pub(super) day: Option<Spanned<Decimal>>,
    pub(super) month: Option<Spanned<Decimal>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateFile {
    pub(super) from: Currency,
    pub(super) to: Currency,
    pub(super) rate: Decimal,
    pub(super) date: String,
}
