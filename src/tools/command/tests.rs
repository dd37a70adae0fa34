use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::tools::{CallEnd, ChildEnvironment, CommandResponder};

fn command(argv: &[&str]) -> CommandResponder {
    CommandResponder::new(argv.iter().map(|&word| word.to_owned()).collect())
}

fn shown(argv: &[&str], arguments: &str) -> Result<Vec<String>, String> {
    preview(&command(argv), arguments).map_err(|fault| fault.to_string())
}

#[test]
fn values_stand_in_the_places_of_their_pointers_within_one_argument() {
    let arguments = json!({"city": "New York; rm -rf ~", "n": 3, "at": {"lat": 1.50}, "tags": ["a", null]}).to_string();
    let template =
        ["weather", "--city={/city}", "{/n}", "{/at}", "{/tags/1}", "{}", "{a}", "x{/at/lat}y{/n}z", "{/open"];
    let argv =
        ["weather", "--city=New York; rm -rf ~", "3", r#"{"lat":1.5}"#, "null", "{}", "{a}", "x1.5y3z", "{/open"];
    assert_eq!(shown(&template, &arguments), Ok(argv.map(ToOwned::to_owned).to_vec()));
}

#[test]
fn what_a_value_says_is_not_read_as_a_template() {
    let arguments = json!({"a": "{/b}", "b": "secret"}).to_string();
    assert_eq!(shown(&["p", "{/a}"], &arguments), Ok(vec!["p".to_owned(), "{/b}".to_owned()]));
}

#[test]
fn a_call_that_cannot_become_a_command_says_why() {
    let refused = |argv: &[&str], arguments: &str| shown(argv, arguments).unwrap_err();
    assert_eq!(refused(&[], "{}"), "The tool has no command: name a program in responders.toml");
    assert_eq!(refused(&[""], "{}"), "The tool has no command: name a program in responders.toml");
    assert_eq!(refused(&["{/p}"], r#"{"p":"sh"}"#), "The program of a command is fixed: `{/p}` holds a placeholder");
    assert_eq!(
        refused(&["p", "{/city}"], "{}"),
        "The command needs /city, which the arguments do not hold, so nothing was run"
    );
    assert_eq!(
        refused(&["p"], r#"{"a":"#),
        "The arguments are not JSON (EOF while parsing a value at line 1 column 5), so nothing was run"
    );
    assert_eq!(
        refused(&["p", "{/a}"], "{\"a\":\"x\\u0000y\"}"),
        "The value of /a holds a NUL, which no argument can, so nothing was run"
    );
}

#[test]
fn a_value_becomes_no_part_of_a_script() {
    let arguments = r#"{"q":"x; rm -rf ~"}"#;
    let joined = &["bash", "-euxc", "{/q}"];
    for argv in [&["sh", "-c", "grep {/q} ."][..], &["env", "A=1", "/bin/bash", "-x", "-lc", "{/q}"], joined] {
        assert!(matches!(preview(&command(argv), arguments), Err(CommandFault::Script { .. })), "{argv:?}");
    }
    assert!(shown(&["sh", "-c", "grep -- \"$1\" .", "sh", "{/q}"], arguments).is_ok());
}

#[test]
fn a_value_becomes_no_option_unless_the_template_lets_it_through() {
    let arguments = r#"{"q":"-rf","n":-5}"#;
    assert_eq!(
        shown(&["grep", "{/q}"], arguments).unwrap_err(),
        "The value of /q begins with `-` and would be read as an option, so nothing was run; a `--` before it in the \
         command, or an argument such as --name={/q}, lets it through"
    );
    assert!(shown(&["p", "{/n}"], arguments).is_err());
    let through = [&["grep", "--", "{/q}"][..], &["p", "--days={/n}"], &["p", "x{/q}"]];
    assert!(through.iter().all(|argv| shown(argv, arguments).is_ok()));
}

#[test]
fn a_directory_below_home_is_found_by_the_environment_that_is_given() {
    let environment = ChildEnvironment::of([("HOME".into(), "/home/me".into())], &BTreeSet::new());
    let below = CommandResponder { directory: Some("~/notes".into()), ..command(&["p"]) };
    assert_eq!(invocation(&below, "", &environment).unwrap().directory, Some("/home/me/notes".into()));
    let other = CommandResponder { directory: Some("/srv".into()), ..command(&["p"]) };
    let expected = Invocation { argv: vec!["p".to_owned()], stdin: "{}".to_owned(), directory: Some("/srv".into()) };
    assert_eq!(invocation(&other, "null", &environment), Ok(expected));
}

fn environment() -> ChildEnvironment {
    let given = [("PATH", std::env::var("PATH").unwrap()), ("MY_API_KEY", "sk-1".to_owned())];
    ChildEnvironment::of(given.map(|(name, value)| (name.into(), value.into())), &BTreeSet::new())
}

async fn called(command: &CommandResponder, arguments: &str) -> CallEnd {
    run(command, "lookup", arguments, &environment()).await
}

fn shell(script: &str) -> CommandResponder {
    command(&["sh", "-c", script])
}

fn answered(text: &str) -> CallEnd {
    CallEnd::Answered(text.to_owned())
}

fn failed(said: &str, output: &str) -> CallEnd {
    CallEnd::Failed { said: said.to_owned(), output: output.to_owned() }
}

#[tokio::test]
async fn a_command_reads_the_arguments_and_what_it_prints_is_the_result() {
    let arguments = r#"{"city": "Tokyo",  "n": 1}"#;
    assert_eq!(called(&command(&["cat"]), arguments).await, answered(arguments));
    assert_eq!(called(&command(&["cat"]), "").await, answered("{}"));
    assert_eq!(called(&command(&["printf", "%s|", "{/city}", "a b"]), arguments).await, answered("Tokyo|a b|"));
    assert_eq!(called(&shell(r#"printf %s "$ABREAST_TOOL""#), "{}").await, answered("lookup"));
    assert_eq!(called(&command(&["true"]), "{}").await, answered(""));
}

#[tokio::test]
async fn a_command_gets_no_key_and_plain_output_is_asked_for() {
    let script = r#"printf '%s %s %s' "${MY_API_KEY-none}" "$TERM" "$NO_COLOR""#;
    assert_eq!(called(&shell(script), "{}").await, answered("none dumb 1"));
}

#[tokio::test]
async fn a_command_runs_in_its_directory() {
    let home = tempfile::tempdir().unwrap();
    let at = home.path().canonicalize().unwrap();
    let there = CommandResponder { directory: Some(at.clone()), ..command(&["pwd"]) };
    assert_eq!(called(&there, "{}").await, answered(&format!("{}\n", at.display())));
    let nowhere = CommandResponder { directory: Some(at.join("none")), ..command(&["pwd"]) };
    let said = format!("The command's directory {} is not there", at.join("none").display());
    assert_eq!(called(&nowhere, "{}").await, failed(&said, ""));
}

#[tokio::test]
async fn a_program_that_fails_says_how_with_what_it_complained_of() {
    assert_eq!(
        called(&shell("echo half; echo 'no such order' >&2; exit 3"), "{}").await,
        failed("`sh` failed (exit status: 3): no such order", "half\n")
    );
    assert_eq!(called(&command(&["false"]), "{}").await, failed("`false` failed (exit status: 1)", ""));
    assert_eq!(called(&shell("kill -9 $$"), "{}").await, failed("`sh` was ended by signal 9 (SIGKILL)", ""));
}

#[tokio::test]
async fn a_program_may_answer_with_other_statuses_than_nought() {
    let finds_nothing = CommandResponder { statuses: vec![0, 1], ..command(&["grep", "x"]) };
    assert_eq!(called(&finds_nothing, "{}").await, answered(""));
}

#[tokio::test]
async fn only_the_end_of_long_complaints_is_told() {
    let end = called(&shell("i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done; exit 1"), "{}").await;
    let CallEnd::Failed { said, .. } = end else { panic!("{end:?}") };
    assert!(
        said.len() < 2200 && said.starts_with("`sh` failed (exit status: 1): line ") && said.ends_with("\nline 499")
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_or_may_not_be_run_is_told() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("plain.txt").display().to_string();
    std::fs::write(&file, "x").unwrap();
    let missing = "The program `no-such-program` is not there, or what its first line asks for is not";
    assert_eq!(called(&command(&["no-such-program"]), "{}").await, failed(missing, ""));
    let plain = format!("The program `{file}` may not be run: it is not executable");
    assert_eq!(called(&command(&[&file]), "{}").await, failed(&plain, ""));
}

#[tokio::test]
async fn arguments_that_are_not_whole_are_never_run() {
    let home = tempfile::tempdir().unwrap();
    let mark = home.path().join("ran").display().to_string();
    let end = called(&command(&["touch", &mark]), r#"{"a": "#).await;
    let said = "The arguments are not JSON (EOF while parsing a value at line 1 column 6), so nothing was run";
    assert_eq!(end, failed(said, ""));
    assert!(!std::path::Path::new(&mark).exists());
}

#[tokio::test]
async fn output_beyond_the_limit_is_cut_and_said_to_be() {
    let most = |most_bytes, script: &str| CommandResponder { most_bytes, ..shell(script) };
    assert_eq!(called(&most(4, "printf 123456"), "{}").await, answered("1234\n[cut here; 2 more bytes are left out]"));
    assert_eq!(called(&most(4, "printf 1234"), "{}").await, answered("1234"));
    assert_eq!(
        called(&most(4, "printf '123é6'"), "{}").await,
        answered("123\n[cut here; 3 more bytes are left out]"),
        "a character is not cut in two"
    );
}

#[tokio::test]
async fn a_flood_is_stopped_on_either_stream() {
    for script in ["yes", "yes >&2"] {
        let end = called(&CommandResponder { most_bytes: 64, ..shell(script) }, "{}").await;
        let CallEnd::Failed { said, .. } = &end else { panic!("{end:?}") };
        assert!(said.starts_with("`sh` printed more than 4,096 bytes and was stopped"), "{said}");
    }
}

#[tokio::test]
async fn what_is_no_text_is_only_measured() {
    let note = answered("[4 bytes that are no text; not shown]");
    assert_eq!(called(&shell(r"printf 'a\000bc'"), "{}").await, note);
    assert_eq!(called(&shell(r"printf '\377\376ab'"), "{}").await, note);
}

#[tokio::test]
async fn who_does_not_read_the_arguments_has_not_failed() {
    let long = json!({"text": "x".repeat(1_000_000)}).to_string();
    assert_eq!(called(&shell("exec <&-; echo done"), &long).await, answered("done\n"));
    assert_eq!(called(&command(&["true"]), &long).await, answered(""));
}

#[tokio::test]
async fn a_child_that_holds_the_output_open_does_not_hold_up_the_call_and_ends_with_it() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe").display().to_string();
    // The child would wait for ever; its number is what the command prints.
    let end = called(&shell(&format!("mkfifo '{pipe}'; cat '{pipe}' & echo $!")), "{}").await;
    let CallEnd::Answered(number) = &end else { panic!("{end:?}") };
    until_gone(number.trim().parse().unwrap()).await;
}

/// Whether a process is gone, or dead and waiting to be collected.
fn is_gone(id: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat"));
    if cfg!(target_os = "linux") {
        return state.map_or(true, |stat| stat.rsplit(')').next().unwrap().trim().starts_with('Z'));
    }
    rustix::process::test_kill_process(rustix::process::Pid::from_raw(id).unwrap()).is_err()
}

/// The signal is sent; only the system decides when it is obeyed.
async fn until_gone(id: i32) {
    let gone = async {
        while !is_gone(id) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("the process goes on");
}

// The clock of these tests stands until there is nothing left to do, and then goes to the next time that is waited for.
#[tokio::test(start_paused = true)]
async fn a_command_that_hangs_is_ended_with_its_children_however_they_resist() {
    let scripts =
        ["exec cat /dev/zero >/dev/null", "trap '' TERM; while :; do :; done", "cat /dev/zero >/dev/null & wait"];
    for script in scripts {
        let hangs = CommandResponder { timeout: Duration::from_secs(30), ..shell(script) };
        let end = called(&hangs, "{}").await;
        assert_eq!(end, CallEnd::TimedOut { after: Duration::from_secs(30), output: String::new() }, "{script}");
    }
}

/// Pipes with names: one that a command says something into, one that nobody ever writes to.
fn pipes(home: &tempfile::TempDir) -> [String; 2] {
    let paths = ["begun", "never"].map(|name| home.path().join(name).display().to_string());
    assert!(std::process::Command::new("mkfifo").args(&paths).status().unwrap().success());
    paths
}

#[tokio::test]
async fn a_command_that_is_stopped_gives_what_it_had_printed() {
    let home = tempfile::tempdir().unwrap();
    let [begun, never] = pipes(&home);
    let script = shell(&format!("trap 'echo bye; exit' TERM; echo half; echo go > '{begun}'; cat '{never}' & wait"));
    let stop = async {
        tokio::task::spawn_blocking(move || std::fs::read_to_string(begun)).await.unwrap().unwrap();
    };
    let end = run_until(&script, "lookup", "{}", &environment(), stop).await;
    assert_eq!(end, CallEnd::Cancelled { output: "half\nbye\n".to_owned() });
}

#[tokio::test]
async fn to_drop_a_call_kills_the_command_and_its_children() {
    let home = tempfile::tempdir().unwrap();
    let [begun, never] = pipes(&home);
    let script = shell(&format!("cat '{never}' & echo $! > '{begun}'; wait"));
    let child = tokio::task::spawn_blocking(move || std::fs::read_to_string(begun));
    let child = tokio::select! {
        child = child => child.unwrap().unwrap(),
        end = called(&script, "{}") => panic!("{end:?}"),
    };
    until_gone(child.trim().parse().unwrap()).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_shown_is_what_runs(values in prop::collection::vec("[^\u{0}]{0,12}", 1..4)) {
        let object: serde_json::Map<_, _> =
            values.iter().enumerate().map(|(place, value)| (place.to_string(), json!(value))).collect();
        let arguments = serde_json::Value::Object(object).to_string();
        let script = ["sh", "-c", r#"for word; do printf '<%s>\n' "$word"; done"#, "sh", "--"].map(ToOwned::to_owned);
        let given = (0..values.len()).map(|place| format!("{{/{place}}}"));
        let command = CommandResponder::new(script.into_iter().chain(given).collect());
        let shown = preview(&command, &arguments).unwrap();
        let expected: String = shown[4..].iter().map(|word| format!("<{word}>\n")).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let end = runtime.block_on(called(&command, &arguments));
        prop_assert_eq!(end, CallEnd::Answered(expected));
    }
}
