//! Link definitions (`[label]: address`), which may stand anywhere in a text and count for all of it.
//!
//! Owns the definitions of the settled part of a stream. The first definition of a label counts.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, LinkType, RefDefs, Tag};

/// A label as it is compared: without case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Label(String);

impl Label {
    /// Lower, upper, lower: near to Unicode's full case folding (`ß` and `SS` are one).
    pub(super) fn new(label: &str) -> Self {
        Self(label.to_lowercase().to_uppercase().to_lowercase())
    }
}

/// Labels and their addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Definitions(HashMap<Label, String>);

impl Definitions {
    /// Those that begin before `until`.
    pub(super) fn of(definitions: &RefDefs<'_>, until: usize) -> Self {
        let before = definitions.iter().filter(|(_, found)| found.span.start < until);
        Self(before.map(|(label, found)| (Label::new(label), found.dest.to_string())).collect())
    }

    pub(super) fn get(&self, label: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&Label::new(label)).map(String::as_str)
    }

    /// Adds what is not yet defined.
    pub(super) fn add(&mut self, later: &Self) {
        for (label, address) in &later.0 {
            self.0.entry(label.clone()).or_insert_with(|| address.clone());
        }
    }

    /// The labels whose addresses differ between the two.
    pub(super) fn changed<'d>(&'d self, other: &'d Self) -> impl Iterator<Item = &'d Label> {
        let differs = |(label, address): &(&'d Label, &'d String)| other.0.get(*label) != Some(*address);
        let gone = other.0.keys().filter(|label| !self.0.contains_key(*label));
        self.0.iter().filter(differs).map(|(label, _)| label).chain(gone)
    }

    /// The event, its reference led to the address that counts.
    pub(super) fn lead<'a>(&self, event: Event<'a>) -> Event<'a> {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = self.address(link_type, &id, dest_url);
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = self.address(link_type, &id, dest_url);
                Event::Start(Tag::Image { link_type, dest_url, title, id })
            }
            other => other,
        }
    }

    fn address<'a>(&self, link_type: LinkType, id: &str, address: CowStr<'a>) -> CowStr<'a> {
        match link_type {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.get(id).map_or(address, |known| CowStr::from(known.to_owned()))
            }
            _ => address,
        }
    }
}
