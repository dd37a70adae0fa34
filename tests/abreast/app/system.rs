//! The system prompt and its variables.

use super::*;

#[tokio::test(start_paused = true)]
async fn variables_are_asked_for_and_filled_into_the_request() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.shows("System prompt · A");
    desk.shows("A {{name}} in the text is a variable: its value is asked for here.");
    desk.types("Answer {{ who }} in {{tongue}}.").await;
    desk.shows("no value: sent as {{tongue}}");
    desk.press("tab").await;
    desk.types("Ada").await;
    desk.press("enter").await;
    desk.types("verse").await;
    desk.press("ctrl-s").await;
    desk.shows("The system prompt is set.");
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0), ["system: Answer Ada in verse.", "user: Hello"]);
    let (_, state) = desk.closed().await;
    let run = &state.session.runs()[0].settings;
    assert_eq!(run.system.as_deref(), Some("Answer {{ who }} in {{tongue}}."));
    assert_eq!(run.variables.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(), ["tongue=verse", "who=Ada"]);
}

#[tokio::test(start_paused = true)]
async fn a_variable_without_a_value_is_sent_as_it_is_written() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Be {{mood}} and {{ tone }}.").await;
    desk.press("tab").await;
    desk.types("{{tone}}").await;
    desk.press("ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0)[0], "system: Be {{tone}} and {{ tone }}.");
}

#[tokio::test(start_paused = true)]
async fn lanes_that_share_the_prompt_share_its_values() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-s").await;
    desk.shows("System prompt · B, shared with A");
    desk.types("Be {{mood}}.").await;
    desk.press("tab").await;
    desk.types("calm").await;
    desk.press("ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!((&desk.messages(0)[0], &desk.messages(1)[0]), (&"system: Be calm.".into(), &"system: Be calm.".into()));
}

#[tokio::test(start_paused = true)]
async fn a_value_comes_back_with_its_variable() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Be {{mood}}").await;
    desk.press("tab").await;
    desk.types("calm").await;
    desk.press("tab backspace").await;
    desk.hides("calm");
    desk.types("}").await;
    desk.shows("calm");
    desk.press("ctrl-s alt-s").await;
    desk.shows("calm");
}

#[tokio::test(start_paused = true)]
async fn what_was_written_goes_only_when_it_is_left_twice() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Precious words").await;
    for chord in ["ctrl-p", "f1", "ctrl-l", "f2", "alt-n", "ctrl-d", "ctrl-n", "alt-w", "alt-s"] {
        desk.press(chord).await;
        desk.shows("Precious words");
        desk.shows("Ctrl+S keeps what you write here, Esc leaves it.");
    }
    desk.press("esc").await;
    desk.shows("Precious words");
    desk.shows("Esc again drops what you changed here.");
    desk.press("esc").await;
    desk.hides("Precious words");
    desk.press("alt-s").await;
    desk.types("x").await;
    desk.press("backspace esc").await;
    desk.hides("System prompt · A");
}

#[tokio::test(start_paused = true)]
async fn the_editor_takes_the_text_or_the_value_that_has_the_keys() {
    let desk = Desk::open().await;
    desk.screen.editor_answers(Ok("Line one.\nBe {{mood}}.\n"));
    desk.screen.editor_answers(Ok("calm\nand kind\n"));
    desk.press("alt-s ctrl-g").await;
    desk.shows("Be {{mood}}.");
    desk.press("tab ctrl-g ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0)[0], "system: Line one.\nBe calm\nand kind.");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_has_lines_and_a_pasted_value_has_one() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.pastes("One {{a}}\r\nTwo").await;
    desk.press("enter").await;
    desk.types("Three").await;
    desk.press("tab").await;
    desk.pastes("x\ny").await;
    desk.press("ctrl-s").await;
    desk.sends("Hello").await;
    assert_eq!(desk.messages(0)[0], "system: One x y\nTwo\nThree");
}
