//! A price that the user enters, into `models.toml`: the rest of the file stays as it is written, its comments too.

use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{ConfigError, MODELS, PriceRow, read_toml, write_private};
use crate::text::Place;

/// Writes a price into the file, in the place of one for the same model and provider.
///
/// # Errors
/// When the file cannot be read, is no TOML, or cannot be written: it is left as it was then.
pub fn save_price(file: &Path, price: &PriceRow) -> Result<(), ConfigError> {
    let before = read_toml(file, &MODELS)?;
    let wrong = |problem: String| ConfigError::Wrong { file: file.to_owned(), place: Place::at(&before, 0), problem };
    let after = over(&before, price).map_err(wrong)?;
    write_private(file, after.as_bytes())
}

fn over(before: &str, price: &PriceRow) -> Result<String, String> {
    let text = before.strip_prefix('\u{feff}').unwrap_or(before);
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let models = document.entry("models").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(rows) = models.as_array_of_tables_mut() else {
        return Err("`models` is no list of [[models]] tables".to_owned());
    };
    let says = |table: &Table, field: &str| table.get(field).and_then(Item::as_str).map(str::to_owned);
    let is_it = |table: &&mut Table| {
        says(table, "model").as_ref() == Some(&price.model)
            && says(table, "provider") == price.provider
            && !["host", "when", "valid_from", "valid_to"].iter().any(|field| table.contains_key(field))
    };
    if let Some(table) = rows.iter_mut().find(is_it) {
        fill(table, price);
    } else {
        let mut table = Table::new();
        fill(&mut table, price);
        // The first row that fits counts: this one has to stand before others for the same name.
        let others: Vec<Table> = std::mem::take(rows).into_iter().collect();
        if others.is_empty() && !text.trim().is_empty() {
            table.decor_mut().set_prefix("\n");
        }
        *rows = std::iter::once(table).chain(others).collect();
    }
    Ok(document.to_string())
}

fn fill(table: &mut Table, price: &PriceRow) {
    table["model"] = value(&price.model);
    if let Some(provider) = &price.provider {
        table["provider"] = value(provider);
    }
    table["currency"] = value(price.currency.code());
    table["input"] = value(price.input.to_string());
    match &price.cached {
        Some(cached) => table["cached"] = value(cached.to_string()),
        None => drop(table.remove("cached")),
    }
    table["output"] = value(price.output.to_string());
    table["source"] = value("entered in Abreast");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Currency;

    fn price(model: &str, input: &str) -> PriceRow {
        PriceRow {
            model: model.into(),
            provider: Some("lab".into()),
            currency: Currency::new("CNY").unwrap(),
            input: input.parse().unwrap(),
            cached: None,
            output: "8".parse().unwrap(),
        }
    }

    #[test]
    fn a_price_goes_before_the_others_and_their_comments_stay() {
        let before = "# Ours.\n[[models]] # the old one\nmodel = \"a\" # exact\ncurrency = \"USD\"\ninput = \"1\"\noutput = \"2\"\n";
        let once = over(before, &price("b", "2.50")).unwrap();
        assert!(once.contains("model = \"a\" # exact") && once.contains("# Ours."), "{once}");
        let rows = crate::config::tests::own_models(&once);
        assert_eq!(rows, [("b".to_owned(), Some("2.50".to_owned())), ("a".to_owned(), Some("1".to_owned()))]);
        let twice = over(&once, &price("b", "3")).unwrap();
        let rows = crate::config::tests::own_models(&twice);
        assert_eq!(rows, [("b".to_owned(), Some("3".to_owned())), ("a".to_owned(), Some("1".to_owned()))]);
    }

    #[test]
    fn an_empty_file_gets_its_first_row_and_one_that_is_no_toml_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("models.toml");
        save_price(&file, &price("b", "0.1")).unwrap();
        let said = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            said,
            "[[models]]\nmodel = \"b\"\nprovider = \"lab\"\ncurrency = \"CNY\"\ninput = \"0.1\"\noutput = \"8\"\nsource = \"entered in Abreast\"\n"
        );
        std::fs::write(&file, "[[models\n").unwrap();
        assert!(save_price(&file, &price("b", "0.1")).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[[models\n");
    }
}
