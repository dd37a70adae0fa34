use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::chat::Usage;

/// A file with these tables and rows.
fn log(sql: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let connection = Connection::open(file.path()).unwrap();
    connection.execute_batch(sql).unwrap();
    file
}

fn read(file: &tempfile::NamedTempFile) -> Foreign {
    assert!(is_database(file.path()));
    read_database(file.path()).unwrap()
}

/// Role, text and place above of each message.
fn outline(conversation: &Conversation) -> Vec<(Role, &str, Option<usize>)> {
    conversation.messages.iter().map(|message| (message.role, message.text.as_str(), message.parent)).collect()
}

/// The tables as version 0.26 makes them.
const OLDER: &str = r#"
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT,
    response TEXT, response_json TEXT, conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT,
    input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, schema_id TEXT, resolved_model TEXT);
CREATE VIRTUAL TABLE responses_fts USING fts5 (prompt, response, content = responses);
CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT);
CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
CREATE TABLE system_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
CREATE TABLE prompt_attachments (response_id TEXT, attachment_id TEXT, "order" INTEGER);
CREATE TABLE tools (id INTEGER PRIMARY KEY, hash TEXT, name TEXT, description TEXT, input_schema TEXT, plugin TEXT);
CREATE TABLE tool_responses (tool_id INTEGER, response_id TEXT);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT, arguments TEXT,
    tool_call_id TEXT);
CREATE TABLE tool_results (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT, output TEXT,
    tool_call_id TEXT, instance_id INTEGER, exception TEXT);
INSERT INTO conversations VALUES ('c1', 'Pelicans', 'm-1');
INSERT INTO responses VALUES ('r1', 'm-1', 'and a name', 'Be brief.', NULL, '{"temperature": 0.3, "seed": null}', '', NULL,
    'c1', 1500, '2025-05-14T16:25:01.250000+00:00', 120, 8,
    '{"prompt_tokens_details": {"cached_tokens": 100}}', NULL, 'm-1-2025'),
    ('r2', 'm-1', '', NULL, NULL, '{}', 'Percy.', NULL, 'c1', NULL, '2025-05-14T16:25:04', NULL, NULL, NULL, 's1', NULL),
    ('r0', 'm-2', 'alone', NULL, NULL, NULL, 'yes', NULL, NULL, 10, 'yesterday', 1, 2, NULL, NULL, NULL);
INSERT INTO fragments VALUES (7, 'h', 'A long text.', NULL, NULL);
INSERT INTO prompt_fragments VALUES ('r1', 7, 0);
INSERT INTO system_fragments VALUES ('r1', 7, 0);
INSERT INTO attachments VALUES ('a1', 'image/png', NULL, NULL, x'89504E47'), ('a2', 'audio/wav', NULL, NULL, x'00');
INSERT INTO prompt_attachments VALUES ('r1', 'a1', 0), ('r1', 'a2', 1);
INSERT INTO tools VALUES (1, 'h', 'names', 'Finds one', '{"type": "object"}', NULL);
INSERT INTO tool_responses VALUES (1, 'r1');
INSERT INTO tool_calls VALUES (5, 'r1', 1, 'names', '{"of": "pelican"}', NULL);
INSERT INTO tool_results VALUES (1, 'r2', 1, 'names', 'Percy', NULL, NULL, NULL), (2, 'r2', 1, 'other', 'x', NULL, NULL, NULL);
"#;

#[test]
fn the_older_tables_give_prompts_replies_calls_and_what_was_asked_with() {
    let foreign = read(&log(OLDER));
    let [alone, pelicans] = foreign.conversations.as_slice() else { panic!("{foreign:?}") };
    assert_eq!(outline(alone), [(Role::User, "alone", None), (Role::Assistant, "yes", Some(0))]);
    assert_eq!((alone.begun, alone.title.as_deref()), (None, None));
    assert_eq!((pelicans.begun, pelicans.title.as_deref()), (Some(1_747_239_901_250), Some("Pelicans")));
    assert_eq!(
        outline(pelicans),
        [
            (Role::User, "A long text.\nand a name\n\n[image_url]", None),
            (Role::Assistant, "", Some(0)),
            (Role::Tool, "Percy", Some(1)),
            (Role::Assistant, "Percy.", Some(2)),
        ]
    );
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}});
    assert_eq!(pelicans.messages[0].original.as_ref().unwrap()["content"][1], image);
    let call = &pelicans.messages[1].tool_calls[0];
    assert_eq!((call.id.as_str(), call.arguments.as_str()), ("call_5", "{\"of\": \"pelican\"}"));
    assert_eq!(pelicans.messages[2].answers.as_deref(), Some("call_5"));
    let run = pelicans.messages[1].run.as_ref().unwrap();
    assert_eq!(run.asked.params.iter().collect::<Vec<_>>(), [(&"temperature".to_owned(), &json!(0.3))]);
    assert_eq!(run.asked.system.as_deref(), Some("A long text.\n\nBe brief."));
    assert_eq!(run.asked.tools[0].definition["function"]["parameters"], json!({"type": "object"}));
    assert_eq!((run.lasted, run.started, run.served_by.as_deref()), (Some(1500), pelicans.begun, Some("m-1-2025")));
    let usage = run.usage.clone().unwrap();
    assert_eq!((usage.input, usage.cached, usage.output, usage.reasoning), (Some(120), Some(100), Some(8), None));
    let last = pelicans.messages[3].run.as_ref().unwrap();
    assert_eq!((last.usage.clone(), last.asked.system.clone()), (None, run.asked.system.clone()));
    assert_eq!(pelicans.asked.system, run.asked.system);
    let skipped = "1 × a part of the type `audio/wav`, 1 × a tool's answer without its call, \
                   1 × a schema that a reply had to keep to";
    assert_eq!(foreign.skipped.to_string(), skipped);
}

/// The tables as version 0.32 makes them.
const NEWER: &str = r#"
CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT, provider_metadata TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT, tool_name TEXT, text TEXT,
    payload TEXT);
CREATE TABLE part_attachments (part_id INTEGER, attachment_id TEXT, "order" INTEGER);
CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT, forked_from TEXT, datetime_utc TEXT);
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT, tip_message_hash TEXT, model TEXT,
    resolved_model TEXT, options_json TEXT, schema_id TEXT, input_tokens INTEGER, output_tokens INTEGER,
    token_details TEXT, duration_ms INTEGER, datetime_utc TEXT, response_json TEXT);
INSERT INTO fragments VALUES (1, 'h', 'The book.', NULL, NULL);
INSERT INTO messages VALUES ('s', NULL, 'system', NULL), ('u', 's', 'user', NULL), ('a', 'u', 'assistant', NULL),
    ('r', 'a', 'user', NULL), ('b', 'r', 'assistant', NULL), ('c', 'u', 'assistant', NULL);
INSERT INTO parts VALUES (1, 's', 0, 'text', NULL, 'Be brief.', NULL),
    (2, 'u', 0, 'text', NULL, NULL, '{"text_ref": [{"fragment": 1}, {"literal": " Who?"}]}'),
    (3, 'a', 0, 'reasoning', NULL, 'Hm.', NULL),
    (4, 'a', 1, 'tool_call', 'f', NULL, '{"name": "f", "arguments": {"b": 1, "a": 2}, "tool_call_id": "c1"}'),
    (5, 'r', 0, 'tool_result', 'f', NULL, '{"name": "f", "output": "Ada", "tool_call_id": "c1"}'),
    (6, 'b', 0, 'text', NULL, 'Ada.', NULL), (7, 'c', 0, 'text', NULL, 'Nobody.', NULL),
    (8, 'b', 1, 'hologram', NULL, NULL, NULL);
INSERT INTO threads VALUES ('t1', 'Who', 'b', NULL, '2026-07-30T10:00:00+00:00'),
    ('t2', NULL, 'c', 't1', '2026-07-30T11:00:00+00:00'), ('t3', NULL, NULL, NULL, NULL);
INSERT INTO turns VALUES ('1', 't1', 'u', 'a', 'm-1', NULL, '{"temperature": 1}', NULL, 10, 5, NULL, 700, '2026-07-30T10:00:00+00:00', NULL),
    ('2', 't1', 'r', 'b', 'm-1', NULL, '{}', NULL, 20, 6, NULL, 300, '2026-07-30T10:00:02+00:00', NULL),
    ('3', 't2', 'u', 'c', 'm-2', NULL, '{}', NULL, 10, 2, NULL, 300, '2026-07-30T11:00:00+00:00', NULL);
"#;

#[test]
fn the_newer_tables_give_every_thread_with_its_own_chain_of_messages() {
    let foreign = read(&log(NEWER));
    let [who, fork] = foreign.conversations.as_slice() else { panic!("{foreign:?}") };
    assert_eq!(
        outline(who),
        [
            (Role::User, "The book. Who?", None),
            (Role::Assistant, "", Some(0)),
            (Role::Tool, "Ada", Some(1)),
            (Role::Assistant, "Ada.", Some(2)),
        ]
    );
    let reply = &who.messages[1];
    assert_eq!((reply.reasoning.as_str(), reply.tool_calls[0].arguments.as_str()), ("Hm.", "{\"b\":1,\"a\":2}"));
    let usage = Usage { input: Some(20), output: Some(6), ..Usage::default() };
    let run = who.messages[3].run.clone().unwrap();
    assert_eq!((run.usage, run.lasted, run.asked.system.as_deref()), (Some(usage), Some(300), Some("Be brief.")));
    assert_eq!(outline(fork), [(Role::User, "The book. Who?", None), (Role::Assistant, "Nobody.", Some(0))]);
    assert_eq!((who.tip, fork.tip, fork.asked.model.as_deref()), (Some(3), Some(1), Some("m-2")));
    assert_eq!(foreign.skipped.to_string(), "1 × a part of the type `hologram`, 1 × a conversation without messages");
}

#[test]
fn a_conversation_that_began_in_the_older_tables_comes_once_with_all_its_runs() {
    let older = OLDER.replace("'c1'", "'t1'").split("INSERT INTO conversations").next().unwrap().to_owned();
    let newer = NEWER.replace(
        "CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT);",
        "",
    );
    let rows = "DELETE FROM turns WHERE id = '2'; INSERT INTO responses (id, conversation_id, model, prompt, response,
        duration_ms) VALUES ('0', 't1', 'm-0', 'Who?', 'Ada.', 5), ('1', 't1', 'm-1', 'Who?', '', 6);";
    let foreign = read(&log(&format!("{older}{newer}{rows}")));
    assert_eq!(foreign.conversations.len(), 2, "{foreign:?}");
    let lasted = |message: &Message| message.run.as_ref().and_then(|run| run.lasted);
    assert_eq!(
        foreign.conversations[0].messages.iter().map(lasted).collect::<Vec<_>>(),
        [None, Some(700), None, Some(5)]
    );
}

#[test]
fn a_file_that_is_hostile_is_refused_or_read_in_bounded_work_and_never_written() {
    let refused = |sql: &str| read_database(log(sql).path()).unwrap_err().to_string();
    assert_eq!(refused("CREATE TABLE t (a);"), "its database cannot be read (it is no log of llm)");
    let view = "CREATE VIEW responses AS SELECT 1 AS id, 2 AS conversation_id;";
    assert_eq!(refused(view), "its database cannot be read (it is no log of llm)");
    let bomb = "CREATE TABLE responses (id TEXT, conversation_id TEXT, prompt TEXT AS (hex(zeroblob(100000000))));
        INSERT INTO responses (id) VALUES ('a');";
    // A column that would compute its text is none.
    assert_eq!(outline(&read(&log(bomb)).conversations[0]), [(Role::Assistant, "", None)]);
    // A fragment that is named often enough fills all memory.
    let many = "CREATE TABLE responses (id TEXT, conversation_id TEXT, prompt TEXT);
        CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, \"order\" INTEGER);
        CREATE TABLE fragments (id INTEGER, content TEXT);
        INSERT INTO responses VALUES ('a', 'c', '');
        INSERT INTO fragments VALUES (1, hex(zeroblob(100000)));
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
            INSERT INTO prompt_fragments SELECT 'a', 1, i FROM n;";
    let file = log(many);
    assert_eq!(read_within(file.path(), 4 << 20), Err(ReadError::TooLarge { most: 4 << 20 }));
    assert!(read_within(file.path(), 64 << 20).is_ok());
    // Messages that hang on each other in a ring.
    let ring = NEWER.replace("('s', NULL, 'system', NULL)", "('s', 'b', 'system', NULL)");
    let file = log(&ring);
    let before = std::fs::read(file.path()).unwrap();
    assert_eq!(read(&file).conversations.len(), 2);
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    std::fs::write(file.path(), b"SQLite format 3\0 and rubbish").unwrap();
    assert!(read_database(file.path()).is_err());
}
