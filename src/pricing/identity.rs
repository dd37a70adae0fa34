//! The identity of a price: a number that follows from what it says.
//!
//! A ledger keeps it with every run, so that it can be told later which price was used. Where a price was found and when
//! is no part of it: the same numbers are the same price. No secret and no signature.

use std::fmt;

use super::price::Price;
use super::written;

/// A price's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PriceId(u128);

/// The constants of FNV-1a with 128 bits (draft-eastlake-fnv): the same on every system and in every version.
const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl PriceId {
    fn of(text: &str) -> Self {
        let step = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        Self(text.bytes().fold(BASIS, step))
    }

    /// The first eight digits: enough to tell the prices of a list apart by eye.
    #[must_use]
    pub fn short(self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for PriceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Price {
    /// The identity of what the price says.
    #[must_use]
    pub fn id(&self) -> PriceId {
        PriceId::of(&self.canonical())
    }

    /// What the price says, as JSON on one line: the same for the same price, whoever wrote it and how. Where it is from,
    /// and the day, are left out.
    #[must_use]
    pub fn canonical(&self) -> String {
        written::canonical(self)
    }

    /// The price that says this, without where it is from; `None` when the text is none of [`Price::canonical`].
    #[must_use]
    pub fn of_canonical(text: &str) -> Option<Self> {
        written::of_canonical(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::tests::price;

    #[test]
    fn the_hash_is_the_published_one() {
        // The test vectors of the draft: the empty text, and "foobar".
        assert_eq!(PriceId::of("").to_string(), "6c62272e07bb014262b821756295c58d");
        assert_eq!(PriceId::of("foobar").to_string(), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn the_same_numbers_are_the_same_price_however_they_are_written() {
        let one = price("currency = \"USD\"\ninput = \"1.50\"\noutput = 2\nsource = \"a\"\nchecked = \"2026-01-01\"");
        let other = price("output = \"2.000\"\ninput = \"15e-1\"\ncurrency = \"usd\"");
        assert_eq!((one.id(), one.id().short().len()), (other.id(), 8));
        let dearer = price("currency = \"USD\"\ninput = \"1.50\"\noutput = 2\ncached = \"1.5\"");
        assert_ne!(one.id(), dearer.id());
    }

    #[test]
    fn every_price_of_the_program_is_read_back_from_what_it_says() {
        let catalogue = crate::pricing::Catalogue::embedded();
        let prices: Vec<Price> = catalogue.priced().map(|(_, price, _)| price.clone()).collect();
        assert!(prices.len() > 10);
        for price in prices {
            let bare = Price { source: String::new(), checked: String::new(), ..price.clone() };
            assert_eq!(Price::of_canonical(&price.canonical()), Some(bare));
        }
        assert_eq!(Price::of_canonical("{\"currency\":\"CNY\"}"), None);
    }

    #[test]
    fn the_identity_of_a_price_does_not_change_with_the_program() {
        // Ledgers hold this one: whoever breaks it breaks them.
        let price = price("currency = \"CNY\"\ninput = \"1.80\"\noutput = \"15.00\"");
        assert_eq!(price.canonical(), r#"{"currency":"CNY","input":"1.8","output":"15"}"#);
        assert_eq!(price.id().to_string(), "bc7d750055f26a53604900ee2da37d14");
    }
}
