//! Attachments as chips: a line that tells name, size and tokens, and where it stands in a row.

use crate::chat::Attachment;
use crate::pricing::{Family, Feature, Reach};
use crate::state::{Lane, State};
use crate::text::{clean_line, file_size, short_count, truncate, width};

/// The rows that chips take at the most; the last one counts the others.
pub const MOST_CHIP_ROWS: usize = 3;

/// The columns that a name takes at the most.
const LONGEST_NAME: usize = 40;

/// What stands behind a chip that can be removed.
const CROSS: &str = " ✕";

/// A chip in a row of the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The attachment's place.
    pub place: usize,
    /// The column that it begins at.
    pub x: u16,
    pub text: String,
    /// The columns of the text, its cross at the end among them.
    pub columns: u16,
}

impl Chip {
    /// The columns of the cross.
    pub const CROSS_COLUMNS: u16 = 2;
}

/// `⎘ report.md 12 kB`, `⎘ cat.png 1.2 MB 800×600`.
#[must_use]
pub fn chip_text(attachment: &Attachment) -> String {
    let name = clean_line(&attachment.name);
    let name = truncate(&name, LONGEST_NAME);
    if attachment.bytes().is_none() {
        return format!("⎘ {name} is lost");
    }
    let pixels = attachment.picture().map(|picture| match picture.dimensions {
        Some((width, height)) => format!(" {width}×{height}"),
        None => " n/a px".to_owned(),
    });
    format!("⎘ {name} {}{}", file_size(attachment.size()), pixels.unwrap_or_default())
}

/// ` ~3.1k tok`, as the model counts that hears the draft first; ` n/a tok` where nobody knows.
fn chip_tokens(state: &State, attachment: &Attachment) -> String {
    if attachment.bytes().is_none() {
        return String::new();
    }
    let lane = state.lanes.iter().find(|lane| state.hears(lane)).unwrap_or(state.lane());
    let (family, model) = (Family::of(&lane.settings.provider, &lane.settings.model), &lane.settings.model);
    let tokens = state.meter.file(attachment, family, model);
    tokens.map_or_else(|| " n/a tok".to_owned(), |tokens| format!(" ~{} tok", short_count(tokens)))
}

/// The chips of the draft in rows of `columns`, and how many found no room.
#[must_use]
pub fn chip_rows(state: &State, columns: u16) -> (Vec<Vec<Chip>>, usize) {
    rows_of(&state.composer.attachments, columns, |attachment| chip_tokens(state, attachment))
}

fn rows_of(
    attachments: &[Attachment],
    columns: u16,
    tokens: impl Fn(&Attachment) -> String,
) -> (Vec<Vec<Chip>>, usize) {
    const GAP: u16 = 2;
    let room = usize::from(columns).saturating_sub(width(CROSS)).max(1);
    let mut rows: Vec<Vec<Chip>> = Vec::new();
    for (place, attachment) in attachments.iter().enumerate() {
        let text = format!("{}{}", chip_text(attachment), tokens(attachment));
        let text = format!("{}{CROSS}", truncate(&text, room));
        let wide = u16::try_from(width(&text)).unwrap_or(columns);
        let behind = rows.last().and_then(|row| row.last()).map(|last| last.x + last.columns + GAP);
        let x = behind.filter(|x| x + wide <= columns);
        if x.is_none() && rows.len() == MOST_CHIP_ROWS {
            return (rows, attachments.len() - place);
        }
        let chip = Chip { place, x: x.unwrap_or(0), text, columns: wide };
        match rows.last_mut().filter(|_| x.is_some()) {
            Some(row) => row.push(chip),
            None => rows.push(vec![chip]),
        }
    }
    (rows, 0)
}

/// Whether a lane's model takes images; `None` when nobody knows.
fn vision(state: &State, lane: &Lane) -> Option<bool> {
    let settings = &lane.settings;
    let address = state.providers.get(&settings.provider).map_or("", |provider| provider.base_url.as_str());
    state.catalogue.has(&settings.provider, Reach::of(address), &settings.model, Feature::Vision)
}

/// The letters of the lanes that the draft's images go to and whose models are known not to take any, and of those of
/// which that is not known. Empty without images.
#[must_use]
pub fn lacks_vision(state: &State) -> (String, String) {
    let (mut blind, mut unknown) = (Vec::new(), Vec::new());
    if state.composer.attachments.iter().any(|attachment| attachment.picture().is_some()) {
        for lane in state.lanes.iter().filter(|lane| state.hears(lane)) {
            match vision(state, lane) {
                Some(true) => {}
                Some(false) => blind.push(lane.letter.to_string()),
                None => unknown.push(lane.letter.to_string()),
            }
        }
    }
    (blind.join(" "), unknown.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, size: usize) -> Attachment {
        Attachment::of(name, vec![b'a'; size]).unwrap()
    }

    #[test]
    fn a_chip_tells_name_and_size() {
        assert_eq!(chip_text(&text("report.md", 12_345)), "⎘ report.md 12 kB");
        let image = Attachment::of("cat\u{1b}[1m.gif", b"GIF89a\x20\x03\x58\x02".to_vec()).unwrap();
        assert_eq!(chip_text(&image), "⎘ cat.gif 10 B 800×600");
        let cut = Attachment::of("cut.gif", b"GIF89a".to_vec()).unwrap();
        assert_eq!(chip_text(&cut), "⎘ cut.gif 6 B n/a px");
        assert_eq!(chip_text(&Attachment::lost("a.md".into(), "ab".into(), 1)), "⎘ a.md is lost");
    }

    #[test]
    fn chips_stand_in_rows_and_what_has_no_room_is_counted() {
        let files: Vec<Attachment> = (0..9).map(|place| text(&format!("{place}.md"), 4)).collect();
        let tokens = |_: &Attachment| " ~1 tok".to_owned();
        let (rows, more) = rows_of(&files, 60, tokens);
        let places: Vec<Vec<usize>> = rows.iter().map(|row| row.iter().map(|chip| chip.place).collect()).collect();
        assert_eq!((places, more), (vec![vec![0, 1], vec![2, 3], vec![4, 5]], 3));
        assert_eq!(rows[0][1].x, rows[0][0].columns + 2);
        let (narrow, _) = rows_of(&files[..1], 10, tokens);
        assert_eq!(narrow[0][0].columns, 10);
    }
}
