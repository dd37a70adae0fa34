//! What the tests of this room share.

use super::{Catalogue, Price, Reach};

/// The price that some fields of a row say.
pub(super) fn price(fields: &str) -> Price {
    let catalogue = Catalogue::parse(&format!("[[models]]\nmodel = \"m\"\n{fields}")).unwrap();
    catalogue.price("p", Reach::Remote("x.io"), "m").unwrap().clone()
}
