use serde_json::json;

use super::*;

fn fault(message: &str, code: Option<&str>, param: Option<&str>, kind: Option<&str>) -> Fault {
    let own = |word: Option<&str>| word.map(str::to_owned);
    Fault { message: message.to_owned(), code: own(code), param: own(param), kind: own(kind) }
}

#[test]
fn the_reference_shape_gives_all_four_fields() {
    let body = r#"{"error":{"message":"Unsupported parameter: 'max_tokens'","type":"invalid_request_error",
        "param":"max_tokens","code":"unsupported_parameter"}}"#;
    let expected = fault(
        "Unsupported parameter: 'max_tokens'",
        Some("unsupported_parameter"),
        Some("max_tokens"),
        Some("invalid_request_error"),
    );
    assert_eq!(read_body(body), expected);
    assert_eq!(read_value(&serde_json::from_str(body).unwrap()), Some(expected));
}

#[test]
fn null_fields_are_absent() {
    let body = r#"{"error":{"message":"No","type":null,"param":null,"code":null}}"#;
    assert_eq!(read_body(body), fault("No", None, None, None));
}

#[test]
fn the_flat_shape_of_vllm_is_read() {
    let value =
        json!({"object": "error", "message": "too long", "type": "BadRequestError", "param": null, "code": 400});
    assert_eq!(read_value(&value), Some(fault("too long", Some("400"), None, Some("BadRequestError"))));
}

#[test]
fn the_list_of_gemini_is_read() {
    let value = json!([{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT",
        "details": [{"reason": "API_KEY_INVALID"}]}}]);
    assert_eq!(read_value(&value), Some(fault("API key not valid.", Some("400"), None, Some("INVALID_ARGUMENT"))));
}

#[test]
fn an_error_that_is_a_string_is_its_message() {
    assert_eq!(read_body(r#"{"error":"model 'x' not found"}"#), fault("model 'x' not found", None, None, None));
}

#[test]
fn a_word_in_error_is_joined_with_the_message_beside_it() {
    let body = r#"{"status":429,"error":"INSUFFICIENT QUOTA","message":"tokens per minute"}"#;
    assert_eq!(read_body(body), fault("INSUFFICIENT QUOTA: tokens per minute", None, None, Some("429")));
    assert_eq!(read_body(r#"{"error":true,"message":"gone"}"#), fault("gone", None, None, None));
}

#[test]
fn a_detail_may_be_a_string_or_a_list_that_names_the_field() {
    assert_eq!(read_body(r#"{"detail":"Not Found"}"#), fault("Not Found", None, None, None));
    let body = r#"{"detail":[
        {"type":"extra_forbidden","loc":["body","tools",0],"msg":"Extra inputs are not permitted"},
        {"type":"missing","loc":["body","model"],"msg":"Field required"}]}"#;
    assert_eq!(
        read_body(body),
        fault("Extra inputs are not permitted; Field required", None, Some("tools.0"), Some("extra_forbidden"))
    );
}

#[test]
fn details_within_the_message_are_read_as_object_or_as_json_text() {
    let details = json!({"detail": [{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}]});
    let expected = fault("Field required", Some("1000"), Some("model"), Some("missing"));
    let as_object = json!({"object": "error", "message": details, "type": "invalid_request_error", "code": "1000"});
    assert_eq!(read_value(&as_object), Some(expected.clone()));
    let as_text = json!({"object": "error", "message": details.to_string(), "code": "1000"});
    assert_eq!(read_value(&as_text), Some(expected));
}

#[test]
fn openrouter_names_its_provider_and_its_numeric_code() {
    let value = json!({"error": {"code": 402, "message": "Provider returned error",
        "metadata": {"provider_name": "Novita", "raw": "{\"error\":{\"message\":\"no balance\"}}"}}, "user_id": "u"});
    assert_eq!(
        read_value(&value),
        Some(fault("Provider returned error (Novita: no balance)", Some("402"), None, None))
    );
    let value = json!({"error": {"code": 403, "message": "Flagged", "metadata": {"reasons": ["violence", "hate"]}}});
    assert_eq!(read_value(&value), Some(fault("Flagged (violence, hate)", Some("403"), None, None)));
}

#[test]
fn azure_names_what_its_filter_found() {
    let value = json!({"error": {"message": "Filtered.", "type": null, "param": "prompt", "code": "content_filter",
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {
            "hate": {"filtered": false, "severity": "safe"}, "violence": {"filtered": true, "severity": "medium"}}}}});
    assert_eq!(
        read_value(&value),
        Some(fault("Filtered. (filtered: violence medium)", Some("content_filter"), Some("prompt"), None))
    );
}

#[test]
fn lm_studio_says_it_twice_and_is_heard_once() {
    let value = json!({"error": {"message": "Compute error."}, "message": "Compute error."});
    assert_eq!(read_value(&value), Some(fault("Compute error.", None, None, None)));
}

#[test]
fn anthropics_typed_error_is_read() {
    let value = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(read_value(&value), Some(fault("Overloaded", None, None, Some("overloaded_error"))));
}

#[test]
fn a_code_with_details_is_an_error() {
    let value = json!({"code": 400, "details": "detector not found"});
    assert_eq!(read_value(&value), Some(fault("detector not found", Some("400"), None, None)));
}

#[test]
fn plain_text_is_its_own_message() {
    let text = "upstream connect error or disconnect/reset before headers";
    assert_eq!(read_body(&format!("\u{FEFF} {text}\n")), fault(text, None, None, None));
    assert_eq!(read_body(""), Fault::default());
    assert_eq!(read_body("{cut json"), fault("{cut json", None, None, None));
}

#[test]
fn a_web_page_is_named_by_its_title() {
    let page = "<!DOCTYPE html>\n<html><head><TITLE>\n 502 Bad\n Gateway</TITLE></head>";
    assert_eq!(read_body(page), fault("a web page came instead of an answer: 502 Bad Gateway", None, None, None));
    assert_eq!(read_body("<html></html>"), fault("a web page came instead of an answer", None, None, None));
}

#[test]
fn json_without_any_known_field_is_shown_as_it_is() {
    assert_eq!(read_body(r#"{"wrong": [1]}"#), fault(r#"{"wrong":[1]}"#, None, None, None));
}

#[test]
fn what_is_no_error_is_none() {
    for value in [
        json!({"error": null, "choices": []}),
        json!({"error": null}),
        json!({"error": "", "choices": []}),
        json!({"error": {}}),
        json!({"error": false}),
        json!({"choices": [], "message": "hi", "code": 7}),
        json!({"type": "ping", "message": "still here"}),
        json!({"choices": [], "cost": "0"}),
        json!([{"choices": []}]),
        json!([]),
        json!("error"),
        json!(7),
        json!(null),
    ] {
        assert_eq!(read_value(&value), None, "{value}");
    }
}

#[test]
fn a_long_message_is_cut_between_characters() {
    let message = read_body(&json!({"error": {"message": "漢".repeat(3000)}}).to_string()).message;
    assert_eq!(message, format!("{}…", "漢".repeat(2000)));
}

#[test]
fn errors_nested_without_end_are_followed_for_a_while() {
    let mut nested = json!({"error": "core"});
    for _ in 0..100 {
        nested = json!({ "error": nested });
    }
    assert!(read_value(&nested).unwrap().message.starts_with(r#"{"error":"#));
}

#[test]
fn the_error_of_a_run_says_who_reported_it() {
    let error = fault("Overloaded", Some("529"), Some("p"), None).into_error(ErrorKind::Api);
    let expected = ApiError {
        code: Some("529".to_owned()),
        param: Some("p".to_owned()),
        ..ApiError::new(ErrorKind::Api, "The server reported an error: Overloaded")
    };
    assert_eq!(error, expected);
}
