//! `backup` and `doctor`.

use serde_json::Value;

use crate::program::{Canned, Home};
use crate::server::response;

const LOG: &str = "{\"role\": \"user\", \"content\": \"Hello\"}\n";

fn filled() -> Home {
    let home = Home::new();
    home.write("chat.jsonl", LOG);
    assert_eq!(home.run(["import", "chat.jsonl"]).code, Some(0));
    home
}

#[test]
fn a_backup_is_the_store_in_one_file_that_replaces_nothing_unasked() {
    let home = filled();
    let made = home.run(["backup", "copy.db"]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    assert!(
        made.out.starts_with("Sessions: 1, ") && made.out.ends_with(", checked and whole, in copy.db.\n"),
        "{made:?}"
    );
    let again = home.run(["backup", "copy.db"]);
    let said = "copy.db is there already and was left as it is; --force overwrites it.\n";
    assert_eq!((again.code, again.err.as_str()), (Some(1), said));
    assert_eq!(home.run(["backup", "copy.db", "--force"]).code, Some(0));
    // The way back, as the documents have it.
    std::fs::create_dir(home.path().join("other")).unwrap();
    std::fs::copy(home.path().join("copy.db"), home.path().join("other/abreast.db")).unwrap();
    let export = home.run(["export", "--last", "--format", "jsonl", "--data-dir", "other"]);
    assert_eq!(export.out, format!("{{\"messages\":[{}]}}\n", LOG.trim().replace(": ", ":").replace(", ", ",")));
    let nothing = Home::new().run(["backup", "copy.db"]);
    let said = "No backup was made: there is no saved session yet: `abreast` begins one.\n";
    assert_eq!((nothing.code, nothing.err.as_str()), (Some(1), said));
}

/// The findings by what they are about, with how they stand.
fn checks(out: &str) -> Vec<(String, String, String)> {
    let report: Value = serde_json::from_str(out).unwrap();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = report["checks"].as_array().unwrap().iter();
    checks.map(|check| (word(&check["about"]), word(&check["is"]), word(&check["said"]))).collect()
}

#[test]
fn the_doctor_finds_a_sound_home_sound_and_changes_nothing_in_it() {
    let home = filled();
    let server =
        Canned::answering([response(200, &["content-type: application/json"], "{\"data\": [{\"id\": \"m\"}]}")]);
    home.configure(&format!("[providers.lab]\nbase_url = \"{}\"\napi_key_env = \"LAB_KEY\"\n", server.base_url()));
    #[cfg(unix)]
    for (path, mode) in [("data", 0o700), ("config/config.toml", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(home.path().join(path), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = home.command(["doctor", "--json", "--full"]);
    command.env("LAB_KEY", "sk-never-shown");
    let run = crate::program::finish(command, b"");
    assert!(!run.out.contains("sk-never-shown") && !run.err.contains("sk-never-shown"), "{run:?}");
    let found = checks(&run.out);
    assert_eq!((run.code, found.iter().find(|(_, is, _)| is != "good")), (Some(0), None), "{run:?}");
    let said = |about: &str| {
        found.iter().filter(|(known, ..)| known == about).map(|(.., said)| said.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(said("provider lab"), ["its key is there, from LAB_KEY", "127.0.0.1 answers and lists models: 1"]);
    assert!(said("store")[0].starts_with("sound; sessions 1, turns 1, runs 0; "), "{found:?}");
    assert!(server.asked()[0].to_lowercase().contains("authorization: bearer sk-never-shown"));
}

#[test]
fn the_doctor_says_what_is_broken_with_the_next_step_and_fails() {
    let home = filled();
    home.configure("[providers.lab]\nbase_url = \"http://127.0.0.1:9/v1\"\napi_key_env = \"LAB_KEY\"\n[providers.near]\nbase_url = \"http://127.0.0.1:9/v1\"\n");
    home.write("data/abreast.db", "rubbish");
    home.write("config/keymap.toml", "[global]\n\"ctrl-pp\" = \"app.help\"\n");
    let run = home.run(["doctor"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for said in [
        "✗ keys: broken: ",
        "✗ store: broken: the store is damaged",
        "✗ provider lab: broken: no key from LAB_KEY\n    LAB_KEY is not set. Export it, or ",
        "✓ provider near: no key is sent\n",
        "✗ provider near: broken: ",
        "✓ locale: LANG=C.UTF-8\n",
        "Broken: 4; to be looked at: ",
    ] {
        assert!(run.out.contains(said), "{said} is not in {}", run.out);
    }
    assert_eq!(std::fs::read_to_string(home.path().join("data/abreast.db")).unwrap(), "rubbish");
    let offline = home.run(["doctor", "--offline"]);
    assert!(!offline.out.contains("✗ provider near"), "{}", offline.out);
}
