//! What images count, by the rules that vendors publish.
//!
//! Knows two: OpenAI's tiles (platform.openai.com/docs/guides/images-vision, "Calculating costs") and Anthropic's pixels
//! (docs.anthropic.com, "Vision": width x height / 750). For any other model nothing is guessed.

use super::Family;

/// What OpenAI's models count for an image, and for each of its tiles.
const TILES: [(&str, u64, u64); 8] = [
    ("gpt-4o-mini", 2833, 5667),
    ("gpt-4o", 85, 170),
    ("gpt-4.1-mini", 0, 0),
    ("gpt-4.1-nano", 0, 0),
    ("gpt-4.1", 85, 170),
    ("gpt-4.5", 85, 170),
    ("o1", 75, 150),
    ("o3", 75, 150),
];

/// What the sandbox counts for anything that is no text.
const SANDBOX: u64 = 85;

pub(super) fn tokens(dimensions: Option<(u32, u32)>, family: Family, model: &str) -> Option<u64> {
    if family == Family::Sandbox {
        return Some(SANDBOX);
    }
    let name = model.rsplit('/').next().unwrap_or(model);
    let (width, height) = dimensions.map(|(width, height)| (u64::from(width), u64::from(height)))?;
    if name.starts_with("claude") {
        return Some(pixels(width, height));
    }
    let (_, base, each) = TILES.iter().find(|(beginning, ..)| name.starts_with(beginning))?;
    // A tile of nothing stands for a model that counts in another way.
    (*each > 0).then(|| base + each * tiles(width, height))
}

/// An image is made to fit into 2048x2048, then its shorter side into 768; each 512x512 is a tile.
fn tiles(width: u64, height: u64) -> u64 {
    let within = |(width, height): (u64, u64), measured: u64, most: u64| match measured > most {
        true => (width * most / measured, height * most / measured),
        false => (width, height),
    };
    let fit = within((width, height), width.max(height), 2048);
    let (width, height) = within(fit, fit.0.min(fit.1), 768);
    width.div_ceil(512).max(1) * height.div_ceil(512).max(1)
}

/// Larger images are made smaller, to about 1600 tokens.
fn pixels(width: u64, height: u64) -> u64 {
    (width * height).div_ceil(750).clamp(1, 1600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_vendors_come_out() {
        let of = |width, height, model| tokens(Some((width, height)), Family::O200k, model);
        assert_eq!(of(1024, 1024, "gpt-4o"), Some(765));
        assert_eq!(of(2048, 4096, "gpt-4o"), Some(1105));
        assert_eq!(of(200, 200, "claude-sonnet-4-5"), Some(54));
        assert_eq!(of(1092, 1092, "claude-sonnet-4-5"), Some(1590));
    }

    #[test]
    fn an_image_of_which_no_rule_is_known_is_not_estimated() {
        let of = |dimensions, model| tokens(dimensions, Family::O200k, model);
        assert_eq!([of(Some((9, 9)), "gpt-4.1-mini"), of(Some((9, 9)), "llava"), of(None, "gpt-4o")], [None; 3]);
        assert_eq!(tokens(None, Family::Sandbox, "parrot"), Some(85));
    }
}
