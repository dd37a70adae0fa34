//! Files: the configuration, the data directory, the store, and who may read them.

use std::path::Path;

use super::Finding;
use crate::cli::configure::keymap;
use crate::config::{self, Environment, Paths, presets};
use crate::state::wire_size;
use crate::store::{Health, examine};

/// Below this much free space the store may soon not be written.
const LITTLE_SPACE: u64 = 100 << 20;

/// Below this much, a long reply may not fit any more.
const NO_SPACE: u64 = 8 << 20;

/// The directory of the configuration and what is in it.
pub(super) fn configuration(paths: &Paths, environment: &Environment) -> Vec<Finding> {
    let mut found = Vec::new();
    let file = paths.config_file();
    let shown = file.display();
    let step = "Correct it; `abreast config check` says when it is right.";
    found.push(match config::check(paths, environment) {
        Ok(_) if !file.exists() => {
            Finding::good("configuration", format!("{shown} is not there, so the defaults hold"))
        }
        Ok(warnings) if warnings.is_empty() => Finding::good("configuration", format!("{shown} is right")),
        Ok(warnings) => {
            let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            Finding::warning("configuration", said.join("; "), step)
        }
        Err(error) => Finding::broken("configuration", error.to_string(), step),
    });
    found.push(match keymap(paths) {
        Ok(keymap) if keymap.warnings().is_empty() => Finding::good("keys", "the keymap is right"),
        Ok(keymap) => {
            let said: Vec<String> = keymap.warnings().iter().map(ToString::to_string).collect();
            Finding::warning("keys", said.join("; "), step)
        }
        Err(problem) => Finding::broken("keys", problem.sentence, step),
    });
    let shown = paths.presets().display().to_string();
    if let Ok(all) = presets::list(&paths.presets()) {
        // One that is wrong was told above.
        found.push(Finding::good("presets", format!("{} in {shown}", all.len())));
    }
    found.extend(readable_by_others("configuration", &file));
    found
}

/// The data directory and the store in it.
pub(super) fn data(directory: &Path, full: bool) -> Vec<Finding> {
    let shown = directory.display();
    if !directory.exists() {
        let said = format!("{shown} is not there yet; the first message makes it");
        return vec![Finding::good("data", said)];
    }
    let mut found = vec![writable(directory)];
    found.extend(readable_by_others("data", directory));
    found.extend(space(directory));
    match examine(directory, full) {
        Ok(None) => found.push(Finding::good("store", "no session is saved yet")),
        Ok(Some(health)) => found.extend(store(&health)),
        Err(fault) => {
            let next = "Start Abreast, which sets a damaged store aside and recovers what can be read.";
            found.push(Finding::broken("store", fault.to_string(), next));
        }
    }
    found
}

fn store(health: &Health) -> Vec<Finding> {
    let size = |bytes: u64| wire_size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let Health { schema, known, sessions, turns, runs, .. } = health;
    let mut found = Vec::new();
    found.push(if health.problems.is_empty() {
        let sizes = format!("{} and a log of {}", size(health.bytes), size(health.log_bytes));
        Finding::good("store", format!("sound; sessions {sessions}, turns {turns}, runs {runs}; {sizes}"))
    } else {
        let next = "Make a copy of the file first; then `abreast backup FILE` copies what is still whole.";
        Finding::broken("store", health.problems.join("; "), next)
    });
    found.push(match schema.cmp(known) {
        std::cmp::Ordering::Equal => Finding::good("schema", format!("version {schema}")),
        std::cmp::Ordering::Less => {
            Finding::good("schema", format!("version {schema}; the next start brings it to {known}"))
        }
        std::cmp::Ordering::Greater => {
            let said = format!("version {schema}, and this Abreast knows {known}");
            Finding::broken("schema", said, "Update Abreast, or start with --data-dir.")
        }
    });
    let suffixes = ["", "-wal", "-shm"];
    let file = |suffix: &&str| std::path::PathBuf::from(format!("{}{suffix}", health.path.display()));
    found.extend(suffixes.iter().filter_map(|suffix| readable_by_others("store", &file(suffix))));
    if let Some(held) = health.deleted.filter(|held| held.sessions > 0) {
        let said = format!("deleted sessions {}, which hold {}", held.sessions, size(held.bytes));
        let next = "; `abreast sessions purge` removes those for good that were deleted more than 30 days ago";
        found.push(Finding::good("store", said + next));
    }
    if !health.aside.is_empty() {
        let names: Vec<String> = health.aside.iter().map(|path| path.display().to_string()).collect();
        let said = format!("damaged and set aside: {}", names.join(", "));
        found.push(Finding::warning("store", said, "Delete them when nothing is missing."));
    }
    found
}

#[cfg(unix)]
fn writable(directory: &Path) -> Finding {
    use rustix::fs::{Access, access};
    let shown = directory.display();
    match access(directory, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Finding::good("data", format!("{shown} may be written")),
        Err(error) => {
            let said = format!("{shown} may not be written ({error})");
            Finding::broken("data", said, "Correct its owner and permissions, or start with --data-dir.")
        }
    }
}

#[cfg(not(unix))]
fn writable(directory: &Path) -> Finding {
    Finding::good("data", format!("{} is there", directory.display()))
}

/// A warning when others than the owner may read or write it.
#[cfg(unix)]
fn readable_by_others(about: &str, path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path).ok()?;
    let mode = found.permissions().mode() & 0o777;
    let right = if found.is_dir() { 0o700 } else { 0o600 };
    (mode & 0o077 != 0).then(|| {
        let shown = path.display();
        Finding::warning(about, format!("others may get at {shown} ({mode:o})"), format!("chmod {right:o} {shown}"))
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &str, _: &Path) -> Option<Finding> {
    None
}

#[cfg(unix)]
fn space(directory: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(directory).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    Some(of_space(free))
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Finding> {
    None
}

fn of_space(free: u64) -> Finding {
    let said = format!("{} MiB free", free >> 20);
    let next = "Free some room: sessions are not saved on a full disk.";
    match free {
        ..NO_SPACE => Finding::broken("disk", said, next),
        NO_SPACE..LITTLE_SPACE => Finding::warning("disk", said, next),
        _ => Finding::good("disk", said),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Standing;
    use super::*;

    #[test]
    fn a_disk_that_gets_full_is_told_before_it_is() {
        let standing = |free: u64| of_space(free).standing;
        assert_eq!([0, NO_SPACE, LITTLE_SPACE].map(standing), [Standing::Broken, Standing::Warning, Standing::Good]);
        assert_eq!(of_space(250 << 20).said, "250 MiB free");
    }

    #[test]
    fn a_store_of_a_newer_program_and_damage_are_broken() {
        let health = |schema, problems: &[&str]| Health {
            schema,
            known: 1,
            problems: problems.iter().map(|&line| line.to_owned()).collect(),
            ..Health::default()
        };
        let standings = |health| store(&health).iter().map(|finding| finding.standing).collect::<Vec<_>>();
        assert_eq!(standings(health(1, &[])), [Standing::Good, Standing::Good]);
        assert_eq!(standings(health(2, &["row 3 missing from index"])), [Standing::Broken, Standing::Broken]);
        assert_eq!(standings(Health { aside: vec!["x".into()], ..health(0, &[]) })[2], Standing::Warning);
    }
}
