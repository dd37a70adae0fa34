//! The heat of a reply, with log probabilities as the sandbox sends them.

use abreast::api::{Decoder, Delta};
use abreast::chat::{Candidate, Chance, Token};
use abreast::sandbox::{Server, ServerOptions};
use abreast::state::{Heat, Overlay, Size, State};
use crossterm::event::MouseEventKind;
use serde_json::{Value, json};

use super::replay::ScriptedConnect;
use super::*;

/// The pieces of an answer of the sandbox, over loopback. The clock stands still afterwards.
async fn told(more: &Value) -> Vec<Delta> {
    let options = ServerOptions { rate: None, seed: Some(1), ..ServerOptions::default() };
    let server = Server::bind(options).await.unwrap();
    let url = format!("{}/chat/completions", server.base_url());
    let serving = tokio::spawn(server.serve());
    let question = json!([{"role": "user", "content": "how do I add a lane?"}]);
    let mut body = json!({"model": "sandbox", "stream": true, "temperature": 1.8, "messages": question});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let bytes = client.post(url).json(&body).send().await.unwrap().bytes().await.unwrap();
    serving.abort();
    let mut deltas = Vec::new();
    Decoder::default().push(&bytes, &mut deltas).unwrap();
    tokio::time::pause();
    deltas
}

fn asked() -> Value {
    json!({"logprobs": true, "top_logprobs": 5, "max_tokens": 30})
}

/// A program that got these pieces as the answer to its first question.
async fn answered(pieces: Vec<Delta>, size: Size) -> Desk {
    let desk = Desk::of(start(size), ScriptedConnect::default()).await;
    desk.sends("how do I add a lane?").await;
    for piece in pieces {
        assert!(desk.hands(0, Ok(piece)));
    }
    desk.ends(0).await;
    desk
}

fn tokens(state: &State) -> &[Token] {
    state.session.turns.get(state.lane().tip().unwrap()).unwrap().tokens.all()
}

fn logprob(token: &Token) -> f64 {
    match token.said.chance {
        Chance::Known(logprob) => logprob,
        other => panic!("{other:?} is no figure"),
    }
}

fn heat(state: &State) -> &Heat {
    match &state.overlay {
        Some(Overlay::Heat(heat)) => heat,
        other => panic!("{other:?} is open"),
    }
}

#[tokio::test]
async fn the_tokens_of_a_reply_are_its_text_with_honest_probabilities() {
    let desk = answered(told(&asked()).await, WIDE).await;
    let (_, state) = desk.closed().await;
    let tokens = tokens(&state);
    let text: String = tokens.iter().map(|token| token.said.text.as_str()).collect();
    assert_eq!(
        (text.as_str(), tokens.len()),
        (state.session.turns.get(state.lane().tip().unwrap()).unwrap().text.as_str(), 30)
    );
    for token in tokens {
        let sum: f64 = token.top.iter().filter_map(|other: &Candidate| other.chance.probability()).sum();
        assert_eq!(token.top.len(), 5);
        assert!(sum <= 1.0 + 1e-9 && logprob(token) <= 0.0);
    }
    assert!(tokens.iter().any(|token| logprob(token) < -1.0), "at this temperature something unlikely is said");
}

#[tokio::test]
async fn the_heat_tells_how_many_tokens_there_are_and_the_one_under_the_cursor_with_its_alternatives() {
    let desk = answered(told(&asked()).await, WIDE).await;
    desk.press("tab h").await;
    desk.shows("Tokens by probability · A · sandbox");
    desk.shows("30 tokens · mean ");
    desk.shows("perplexity ");
    desk.shows("token 1 of 30 ·");
    desk.shows("all others");
    desk.press("right right left l").await;
    desk.shows("token 3 of 30 ·");
    desk.press("G").await;
    desk.shows("token 30 of 30 ·");
    desk.press("right g left").await;
    desk.shows("token 1 of 30 ·");
    desk.press("esc").await;
    desk.hides("Tokens by probability");
}

#[tokio::test]
async fn the_least_probable_tokens_are_gone_to_one_after_the_other_and_back() {
    let desk = answered(told(&asked()).await, WIDE).await;
    desk.press("tab h n").await;
    desk.shows("the least probable");
    desk.press("n n N").await;
    desk.shows("least probable: no. 2");
    let (_, state) = desk.closed().await;
    let mut logprobs: Vec<f64> = tokens(&state).iter().map(logprob).collect();
    let here = logprob(&tokens(&state)[heat(&state).at]);
    logprobs.sort_by(f64::total_cmp);
    assert_eq!(here.to_bits(), logprobs[1].to_bits());
}

#[tokio::test(start_paused = true)]
async fn up_and_down_lead_to_the_token_in_the_row_beside_and_a_click_to_the_one_that_is_clicked() {
    let desk = Desk::of(start(Size { columns: 60, rows: 20 }), ScriptedConnect::default()).await;
    desk.sends("Count").await;
    let token = |at: usize| json!({"token": format!(" word{at:02}"), "logprob": -0.1, "top_logprobs": []});
    let content: Vec<Value> = (0..60).map(token).collect();
    desk.delivers(0, Delta::Logprobs { choice: 0, logprobs: json!({"content": content}) }).await;
    desk.ends(0).await;
    // Seven tokens of seven columns each stand in a row of 52.
    for (keys, shown) in [
        ("tab h down down", "token 15 of 60 ·"),
        ("right up", "token 9 of 60 ·"),
        ("k k k", "token 2 of 60 ·"),
        ("pagedown j", "token 58 of 60 ·"),
        ("end up pageup", "token 4 of 60 ·"),
    ] {
        desk.press(keys).await;
        desk.shows(shown);
    }
    desk.clicks("word09").await;
    desk.shows("token 10 of 60 ·");
    let (wheel, row) = (MouseEventKind::ScrollDown, 10);
    desk.points((wheel, 20, row)).await;
    desk.shows("token 17 of 60 ·");
}

#[tokio::test]
async fn tokens_that_come_while_the_heat_is_open_join_it_and_another_width_lays_them_out_anew() {
    let desk = Desk::open().await;
    let pieces = told(&asked()).await;
    desk.sends("how do I add a lane?").await;
    let (first, rest) = pieces.split_at(pieces.len() / 2);
    for piece in first {
        desk.hands(0, Ok(piece.clone()));
    }
    desk.settle().await;
    desk.press("tab h right right").await;
    desk.shows("token 3 of ");
    desk.hides("30 tokens");
    for piece in rest {
        desk.hands(0, Ok(piece.clone()));
    }
    desk.settle().await;
    desk.shows("30 tokens");
    desk.shows("token 3 of 30 ·");
    desk.resizes(70, 24).await;
    let fresh = answered(pieces, Size { columns: 70, rows: 24 }).await;
    fresh.press("tab h right right").await;
    let (grown, fresh) = (desk.closed().await.1, fresh.closed().await.1);
    let (grown, fresh) = (heat(&grown), heat(&fresh));
    assert_eq!((&grown.rows, &grown.places, grown.at), (&fresh.rows, &fresh.places, fresh.at));
    assert_eq!((&grown.head, &grown.detail, &grown.figures), (&fresh.head, &fresh.detail, &fresh.figures));
}

#[tokio::test]
async fn a_reply_without_log_probabilities_offers_to_ask_for_them_with_the_same_key() {
    let desk = answered(told(&json!({"max_tokens": 20})).await, WIDE).await;
    desk.press("tab h").await;
    desk.shows("h again sets logprobs, and top_logprobs to 5");
    desk.hides("Tokens by probability");
    desk.press("h").await;
    desk.shows("Lane A asks for log probabilities");
    desk.press("h").await;
    desk.shows("logprobs is set");
    desk.press("alt-r").await;
    assert_eq!(desk.params(1), json!({"logprobs": true, "top_logprobs": 5}));
    desk.press("h").await;
    desk.shows("No token has come yet.");
    desk.answers(1, "Nothing but text").await;
    desk.press("h").await;
    desk.shows("The server sent no log probabilities");
}

#[tokio::test(start_paused = true)]
async fn the_heat_of_a_question_is_that_of_the_reply_below_it_and_hostile_tokens_are_made_visible() {
    let desk = Desk::open().await;
    desk.press("tab h").await;
    desk.shows("There is no reply yet whose tokens could be shown.");
    desk.press("esc").await;
    let token = |text: &str| json!({"token": text, "logprob": -0.1, "bytes": text.as_bytes(), "top_logprobs": []});
    for (place, texts) in [vec!["one", "\u{1b}[2J", "\t", "\r\n", "\u{202e}"], vec!["two"]].into_iter().enumerate() {
        desk.sends("next").await;
        let content: Vec<Value> = texts.into_iter().map(token).collect();
        desk.delivers(place, Delta::Logprobs { choice: 0, logprobs: json!({"content": content}) }).await;
        desk.ends(place).await;
    }
    desk.press("tab g h").await;
    desk.shows("5 tokens");
    desk.shows("one");
    desk.shows("⇥␍⏎");
    assert!(!desk.screen.text().contains(['\u{1b}', '\u{202e}']));
    desk.shows("No alternatives came");
    desk.press("esc G h").await;
    desk.shows("1 token ·");
    desk.press("ctrl-n ctrl-n").await;
    desk.hides("Tokens by probability");
}
