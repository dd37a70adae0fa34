//! Money by keys in the built program, with a server and prices of the test's own: the meter, a budget, the ledger, and that
//! `abreast usage` says the same as the screen.

use std::sync::Arc;

use abreast::chat::{Currency, Money};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::{Launch, Terminal};
use crate::program::{Finished, Home};
use crate::server::{Server, Step, stream_head};

/// A token of input costs a thousandth of a yuan and a little, one of output two; thyme-2 costs dollars.
const MODELS: &str = r#"
[[models]]
model = "sage-1"
currency = "CNY"
input = "1000.5"
cached = "100.05"
output = "2000.25"
source = "ours"
checked = "2026-11-01"

[[models]]
model = "thyme-2"
currency = "USD"
input = "7"
output = "11.000001"
source = "ours"
checked = "2026-11-01"
"#;

const F4: &str = "\x1bOS";
const ALT_G: &str = "\x1bg";
const CTRL_S: &str = "\x13";

/// A server, and what lets it go on after each step of a reply.
struct Lab {
    _runtime: Runtime,
    server: Server,
    go_on: Arc<Notify>,
}

impl Lab {
    /// Answers each connection with the next of these.
    fn answering(replies: impl FnOnce(&Arc<Notify>) -> Vec<Vec<Step>>) -> Self {
        let runtime = Runtime::new().unwrap();
        let go_on = Arc::new(Notify::new());
        let server = runtime.block_on(Server::start(replies(&go_on)));
        Self { _runtime: runtime, server, go_on }
    }

    /// Puts the server, the prices and what else is given into a configuration.
    fn configure(&self, home: &Home, more: &str) {
        let address = &self.server.address;
        home.configure(&format!("[providers.lab]\nbase_url = \"http://{address}/v1\"\nmodel = \"sage-1\"\n{more}"));
        home.write("config/models.toml", MODELS);
    }

    fn opened(&self, more: &str) -> Terminal {
        let launch = Launch::new(&[]).sized(160, 40);
        self.configure(launch.home(), more);
        super::ready(launch)
    }
}

fn event(body: &Value) -> String {
    format!("data: {body}\n\n")
}

fn said(text: &str) -> Step {
    Step::Send(event(&json!({"choices": [{"index": 0, "delta": {"content": text}}]})).into_bytes())
}

/// The end of a reply, with what the server counted.
fn counted(usage: &Value) -> Step {
    let end = event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
    let counts = event(&json!({"choices": [], "usage": usage}));
    Step::Send(format!("{end}{counts}data: [DONE]\n\n").into_bytes())
}

/// A reply that comes at once.
fn reply(text: &str, usage: &Value) -> Vec<Step> {
    vec![Step::Send(stream_head()), said(text), counted(usage)]
}

fn tokens(input: u64, cached: u64, output: u64) -> Value {
    json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": cached}})
}

/// What `abreast usage --json` says on the same data.
fn usage(home: &Home, more: &[&str]) -> Value {
    let Finished { code, out, err } = home.run([&["usage", "--json"], more].concat());
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

/// The costs of a group as the screen writes them: real amounts to the last digit, each currency by itself.
fn costs(sums: &Value) -> String {
    let costs = sums["costs"].as_array().unwrap().iter().filter(|cost| cost["notional"] == false);
    let shown = costs.map(|cost| {
        let money = Money {
            amount: cost["amount"].as_str().unwrap().parse().unwrap(),
            currency: Currency::new(cost["currency"].as_str().unwrap()).unwrap(),
        };
        format!("{}{money}", if cost["estimated_runs"] == 0 { "" } else { "~" })
    });
    shown.collect::<Vec<_>>().join(" + ")
}

#[test]
fn the_meter_climbs_while_a_reply_comes_and_settles_to_what_the_server_counted() {
    let lab = Lab::answering(|go_on| {
        let wait = || Step::AwaitSignal(go_on.clone());
        let steps = [said("one two three four"), wait(), said(" five six"), wait(), counted(&tokens(11, 0, 7))];
        vec![[Step::Send(stream_head())].into_iter().chain(steps).collect()]
    });
    let mut terminal = lab.opened("");
    terminal.keys("Hello there");
    // Two words, four marks of the message, three for the beginning of the reply.
    terminal.wait_for("~9 tok · ~¥0.0090 + reply before it is sent");
    terminal.keys("\r");
    terminal.wait_for("~9→~4 · ~¥0.0170");
    lab.go_on.notify_one();
    terminal.wait_for("~9→~6 · ~¥0.0210");
    terminal.wait_for("~¥0.0210 session");
    lab.go_on.notify_one();
    terminal.wait_for("11→7 · ¥0.02500725");
    terminal.wait_for("¥0.02500725 session · ¥0.02500725 today");
    terminal.wait("no estimate any more", |terminal| !terminal.shows("~¥"));
    terminal.keys("Again");
    // Now the next reply is taken to be as long as the one before.
    terminal.wait("an estimate with a reply in it", |terminal| {
        terminal.shows("before it is sent") && !terminal.shows("+ reply")
    });
}

#[test]
fn a_budget_refuses_in_a_sentence_and_the_key_that_it_names_raises_it() {
    let lab = Lab::answering(|_| vec![reply("Hi!", &tokens(11, 0, 7)), reply("Well.", &tokens(30, 10, 11))]);
    let mut terminal = lab.opened("[budget]\ncurrency = \"CNY\"\nsession = \"0.05\"\n");
    terminal.keys("Hello there\r");
    terminal.wait_for("50 % of ¥0.05");
    terminal.keys("And what else is there to be said\r");
    terminal.wait_for("Not sent: by an estimate it costs ~¥0.0");
    terminal.wait("the cap, the key, and the draft", |terminal| {
        let said = terminal.screen().contents().split_whitespace().collect::<Vec<_>>().join(" ");
        said.contains("budget of ¥0.05") && said.contains("Alt+G raises") && said.contains("And what else")
    });
    assert_eq!(lab.server.asked().len(), 1);
    terminal.keys(ALT_G);
    terminal.wait_for("33 % of ¥0.075");
    terminal.keys("\r");
    terminal.wait_for("30 (10 cached)→11 · ¥0.04301325");
    terminal.wait_for("90 % of ¥0.075");
    terminal.wait_for("¥0.0680205 session");
    assert_eq!(lab.server.asked().len(), 2);
}

#[test]
fn the_ledger_is_grouped_filtered_and_sorted_by_keys_and_usage_says_the_same_to_the_last_digit() {
    let lab = Lab::answering(|_| {
        vec![
            reply("Thyme.", &tokens(31, 0, 9)),
            reply("Hi!", &tokens(11, 0, 7)),
            reply("Well.", &tokens(30, 10, 11)),
            vec![Step::Send(stream_head()), said("one two three"), Step::AwaitClose],
        ]
    });
    let launch = Launch::new(&[]).sized(160, 40);
    lab.configure(launch.home(), "");
    let asked = launch.home().run(["ask", "--model", "thyme-2", "What grows there?"]);
    assert_eq!((asked.code, asked.out.as_str()), (Some(0), "Thyme.\n"), "{asked:?}");
    let mut terminal = super::ready(launch);
    terminal.keys("Hello there\r");
    terminal.wait_for("11→7");
    terminal.keys("What else?\r");
    terminal.wait_for("→11 · ¥0.04301325");
    terminal.keys("Go on\r");
    terminal.wait_for("one two three");
    // Esc stops it, so that there is an estimate.
    terminal.keys("\x1b");
    terminal.wait_for("stopped");

    terminal.keys(F4);
    // What the page has read is on the disk.
    terminal.wait_for("4 runs");
    let by_day = usage(terminal.home(), &[]);
    let total = costs(&by_day["total"]);
    assert!(total.starts_with("~¥0.1") && total.contains(" + $0.000316000009"), "{total}");
    terminal.wait_for(&format!("Σ {total}"));
    let by_model = usage(terminal.home(), &["--by", "model"]);
    let of = |name: &str| {
        let groups = by_model["groups"].as_array().unwrap();
        costs(groups.iter().find(|group| group["model"] == name).unwrap())
    };
    // Today, this week, this month, the models.
    terminal.keys("\t\t\t");
    terminal.wait("the models", |terminal| terminal.shows("[model]") && terminal.shows("▸ thyme-2"));
    let (sage, thyme) = (of("sage-1"), of("thyme-2"));
    terminal.wait("what each cost", |terminal| terminal.shows(&sage) && terminal.shows(&thyme));
    let row = |terminal: &Terminal, text: &str| terminal.place(text).map(|(row, _)| row);
    assert!(row(&terminal, "▸ sage-1") < row(&terminal, "▸ thyme-2"), "three runs in yuan come first");
    terminal.keys(CTRL_S);
    terminal.wait_for("by name");
    terminal.keys("thyme");
    terminal.wait("the other model to go", |terminal| !terminal.shows("▸ sage-1") && terminal.shows("▸ thyme-2"));
    terminal.wait_for(&format!("Σ {thyme}"));
    terminal.keys("\r");
    terminal.wait("its run", |terminal| terminal.shows("▾ thyme-2") && !terminal.shows("reading …"));
    terminal.keys("\x1b[B\r");
    terminal
        .wait("its bill", |terminal| terminal.shows("Bill of a run") && terminal.shows("9 × $11.000001 / 1,000,000"));
    // Back to the list, and out of it.
    terminal.keys("\x1b");
    terminal.wait_for("▾ thyme-2");
    terminal.keys(F4);
    terminal.wait("the conversation", |terminal| !terminal.shows("▾ thyme-2") && terminal.shows("Hello there"));
    let session = usage(terminal.home(), &["--by", "session"]);
    let own = session["groups"].as_array().unwrap().iter().find(|group| group["title"] == "Hello there").unwrap();
    assert_eq!(own["runs"], 3);
    assert!(costs(own).starts_with("~¥0."), "{own}");
}

#[test]
fn a_run_that_was_cut_off_by_a_kill_is_in_the_ledger_once_as_an_estimate_when_its_session_is_opened_again() {
    let lab = Lab::answering(|_| vec![vec![Step::Send(stream_head()), said("one two three four"), Step::AwaitClose]]);
    let home = Home::new();
    lab.configure(&home, "");
    let launch = |more: &[&str]| {
        let [config, data] = ["config", "data"].map(|name| home.path().join(name).display().to_string());
        Launch::new(more).sized(160, 40).with("ABREAST_CONFIG_DIR", config).with("ABREAST_DATA_DIR", data)
    };
    let rows = || usage(&home, &["--rows"])["rows"].as_array().unwrap().clone();
    let mut terminal = super::ready(launch(&[]));
    terminal.keys("Hello there\r");
    terminal.wait_for("~9→~4 · ~¥0.0170");
    // As long as a reply may be behind on the disk.
    terminal.watch(std::time::Duration::from_millis(250));
    terminal.signal(rustix::process::Signal::KILL);
    terminal.end();
    assert_eq!(rows(), Vec::<Value>::new());
    for _ in 0..2 {
        let mut terminal = launch(&["--resume"]).start();
        terminal.wait_for("~¥0.0170 session");
        terminal.wait_for("~¥0.0170055 today");
        assert!(!terminal.shows("n/a: 1 run"), "{}", terminal.screen().contents());
        terminal.signal(rustix::process::Signal::HUP);
        terminal.end();
        let rows = rows();
        assert_eq!(rows.len(), 1, "{rows:?}");
        let said = ["state", "known", "amount", "model", "lane", "corrects"].map(|field| rows[0][field].clone());
        assert_eq!(
            said,
            [json!("cut off"), json!("estimated"), json!("0.0170055"), json!("sage-1"), json!("A"), json!(null)]
        );
    }
}
