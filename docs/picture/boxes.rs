//! The characters that a terminal draws rather than writes: lines and blocks that have to meet at the cells' edges.

/// A shape within a cell, in shares of its width and height: left, top, right, bottom, and how much of it covers.
pub(crate) struct Shape {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) cover: f64,
}

/// The arms of U+2500 to U+257F in the order left, up, right, down: 0 none, 1 light, 2 heavy, 3 double. From the
/// characters' Unicode names. Diagonals have none: a font draws them.
const ARMS: [&str; 8] = [
    "1010 2020 0101 0202 1010 2020 0101 0202 1010 2020 0101 0202 0011 0021 0012 0022 ",
    "1001 2001 1002 2002 0110 0120 0210 0220 1100 2100 1200 2200 0111 0121 0211 0112 ",
    "0212 0221 0122 0222 1101 2101 1201 1102 1202 2201 2102 2202 1011 2011 1021 2021 ",
    "1012 2012 1022 2022 1110 2110 1120 2120 1210 2210 1220 2220 1111 2111 1121 2121 ",
    "1211 1112 1212 2211 1221 2112 1122 2221 2122 2212 1222 2222 1010 2020 0101 0202 ",
    "3030 0303 0031 0013 0033 3001 1003 3003 0130 0310 0330 3100 1300 3300 0131 0313 ",
    "0333 3101 1303 3303 3031 1013 3033 3130 1310 3330 3131 1313 3333 0011 1001 1100 ",
    "0110 0000 0000 0000 1000 0100 0010 0001 2000 0200 0020 0002 1020 0102 2010 0201 ",
];

/// The shapes of a character; `None` when it is one for a font.
pub(crate) fn shapes(character: char) -> Option<Vec<Shape>> {
    match character {
        '\u{2500}'..='\u{257f}' => lines(character as usize - 0x2500),
        '\u{2580}'..='\u{259f}' => Some(blocks(character)),
        _ => None,
    }
}

fn lines(place: usize) -> Option<Vec<Shape>> {
    let digits = ARMS.get(place / 16)?.get(place % 16 * 5..)?.as_bytes().get(..4)?;
    let arms: Vec<u8> = digits.iter().map(|digit| digit - b'0').collect();
    let shapes: Vec<Shape> = arms.iter().enumerate().flat_map(|(side, weight)| arm(side, *weight)).collect();
    (!shapes.is_empty()).then_some(shapes)
}

/// How far a line reaches into the next cell, so that no seam shows where two of them meet.
const SEAM: f64 = 0.03;

/// One arm, from its edge to a little past the middle, so that corners close.
fn arm(side: usize, weight: u8) -> Vec<Shape> {
    let (offsets, half): (&[f64], f64) = match weight {
        0 => (&[], 0.0),
        1 => (&[0.0], 0.06),
        2 => (&[0.0], 0.13),
        _ => (&[-0.14, 0.14], 0.05),
    };
    let shape = |offset: &f64| {
        let middle = 0.5 + offset;
        // A cell is twice as high as wide, so a line across takes half the share of the height.
        let (low, high) = if matches!(side, 0 | 2) { (half / 2.0, 0.5 + half) } else { (half, 0.5 + half / 2.0) };
        let (a, b) = (middle - low, middle + low);
        let (left, top, right, bottom) = match side {
            0 => (-SEAM, a, high, b),
            1 => (a, -SEAM, b, high),
            2 => (1.0 - high, a, 1.0 + SEAM, b),
            _ => (a, 1.0 - high, b, 1.0 + SEAM),
        };
        Shape { left, top, right, bottom, cover: 1.0 }
    };
    offsets.iter().map(shape).collect()
}

fn blocks(character: char) -> Vec<Shape> {
    let part = |left, top, right, bottom| Shape { left, top, right, bottom, cover: 1.0 };
    let eighths = |from: char| f64::from(u32::from(character) - u32::from(from) + 1) / 8.0;
    match character {
        '\u{2580}' => vec![part(0.0, 0.0, 1.0, 0.5)],
        '\u{2581}'..='\u{2588}' => vec![part(0.0, 1.0 - eighths('\u{2581}'), 1.0, 1.0)],
        '\u{2589}'..='\u{258f}' => vec![part(0.0, 0.0, 1.0 - eighths('\u{2589}'), 1.0)],
        '\u{2590}' => vec![part(0.5, 0.0, 1.0, 1.0)],
        '\u{2591}'..='\u{2593}' => vec![Shape { cover: 2.0 * eighths('\u{2591}'), ..part(0.0, 0.0, 1.0, 1.0) }],
        '\u{2594}' => vec![part(0.0, 0.0, 1.0, 0.125)],
        '\u{2595}' => vec![part(0.875, 0.0, 1.0, 1.0)],
        _ => quarters(character),
    }
}

fn quarters(character: char) -> Vec<Shape> {
    // Upper left, upper right, lower left, lower right, as bits from U+2596 on.
    const QUARTERS: [u8; 10] = [0b0010, 0b0001, 0b1000, 0b1011, 0b1001, 0b1110, 0b1101, 0b0100, 0b0110, 0b0111];
    let bits = QUARTERS.get(character as usize - 0x2596).copied().unwrap_or(0);
    let quarter = |(bit, left, top)| {
        (bits & bit != 0).then_some(Shape { left, top, right: left + 0.5, bottom: top + 0.5, cover: 1.0 })
    };
    [(0b1000, 0.0, 0.0), (0b0100, 0.5, 0.0), (0b0010, 0.0, 0.5), (0b0001, 0.5, 0.5)]
        .into_iter()
        .filter_map(quarter)
        .collect()
}
