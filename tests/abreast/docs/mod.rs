//! The documents against the program: tables that are made from it, commands that exist, links that lead somewhere.

#[path = "../../../docs/picture/boxes.rs"]
mod boxes;
mod pages;
mod promises;
#[path = "../../../docs/picture/svg.rs"]
mod svg;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a document, by its path from the root.
fn text_of(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// Every document, by its path from the root.
fn documents() -> Vec<PathBuf> {
    let pages = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> = pages(root().to_owned())
        .chain(pages(root().join("docs")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| path.strip_prefix(root()).unwrap().to_owned())
        .collect();
    documents.sort();
    documents
}
