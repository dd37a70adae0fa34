//! From where a key comes to the key.
//!
//! Owns the asking: of the environment, of a command, of the keyring. No message of its ever holds a key.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::{Environment, KeySource};
use crate::chat::Secret;

/// How long a command may take: unlocking a store asks for a finger or a password at times.
const LONGEST: Duration = Duration::from_secs(10);

/// How long what a command printed is waited for once it has ended: it lies in the pipe already.
const GRACE: Duration = Duration::from_millis(100);

/// What is read of a command's output at most; a key is far shorter.
const MOST_BYTES: u64 = 64 * 1024;

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    #[error("{variable} is not set. Export it, or name another source for the key in config.toml.")]
    Unset { variable: String },
    #[error("The key's command `{program}` cannot be started: {reason}. Correct api_key_cmd in config.toml.")]
    Start { program: String, reason: String },
    #[error("The key's command `{program}` failed ({status}){}. Try it in a shell.", said(.stderr))]
    Failed { program: String, status: String, stderr: String },
    #[error("The key's command `{program}` printed nothing{}. Its first line has to be the key.", said(.stderr))]
    Silent { program: String, stderr: String },
    #[error(
        "The key's command `{program}` did not end within 10 seconds. Try it in a shell: it may wait for an answer."
    )]
    Slow { program: String },
    #[error("The key from {source_name} holds signs that cannot be sent. Check that it is the key and nothing else.")]
    Unsendable { source_name: String },
    #[error("The keyring has no entry for service `{service}` and user `{user}`. Add it, or name another source.")]
    NoEntry { service: String, user: String },
    #[error("The keyring cannot be asked: {reason}. Use api_key_env or api_key_cmd where no keyring runs.")]
    Keyring { reason: String },
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {stderr}") }
}

/// Asks the source for its key; `None` when there is none to be sent.
///
/// # Errors
/// When a source is named and gives no key.
pub async fn resolve_key(source: &KeySource, environment: &Environment) -> Result<Option<Secret>, KeyError> {
    let key = match source {
        KeySource::None => return Ok(None),
        KeySource::Variable(variable) => {
            let key = environment.get(variable).and_then(Secret::new);
            sendable(key.ok_or_else(|| KeyError::Unset { variable: variable.clone() })?, variable)?
        }
        KeySource::Command(argv) => of_command(argv).await?,
        KeySource::Keyring { service, user } => {
            let bus = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];
            if cfg!(target_os = "linux") && bus.iter().all(|variable| environment.get(variable).is_none()) {
                return Err(KeyError::Keyring { reason: "no session bus is running".to_owned() });
            }
            sendable(of_keyring(service, user).await?, "the keyring")?
        }
    };
    Ok(Some(key))
}

/// A key goes into a header, which takes visible ASCII only.
fn sendable(key: Secret, source_name: &str) -> Result<Secret, KeyError> {
    if key.expose().bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Ok(key);
    }
    Err(KeyError::Unsendable { source_name: source_name.to_owned() })
}

async fn of_command(argv: &[String]) -> Result<Secret, KeyError> {
    let program = argv.first().cloned().unwrap_or_default();
    let spawned = Command::new(&program)
        .args(argv.get(1..).unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = spawned.map_err(|error| KeyError::Start { program: program.clone(), reason: error.to_string() })?;
    let Ok((stdout, stderr, status)) = tokio::time::timeout(LONGEST, outcome(&mut child)).await else {
        return Err(KeyError::Slow { program });
    };
    let key = std::str::from_utf8(&stdout).ok().and_then(|text| text.lines().next()).and_then(Secret::new);
    let stderr = first_line(&stderr, key.as_ref());
    match (status, key) {
        (Ok(status), _) if !status.success() => Err(KeyError::Failed { program, status: status.to_string(), stderr }),
        (Err(error), _) => Err(KeyError::Failed { program, status: error.to_string(), stderr }),
        (Ok(_), None) => Err(KeyError::Silent { program, stderr }),
        (Ok(_), Some(key)) => sendable(key, &format!("the command `{program}`")),
    }
}

/// What the command printed, what it said on the side, and how it ended.
async fn outcome(child: &mut Child) -> (Zeroizing<Vec<u8>>, Vec<u8>, io::Result<ExitStatus>) {
    let (mut stdout, mut stderr) = (Zeroizing::new(Vec::new()), Vec::new());
    let pipes = (child.stdout.take(), child.stderr.take());
    let status = {
        let reading = async { tokio::join!(read(pipes.0, &mut stdout), read(pipes.1, &mut stderr)) };
        tokio::pin!(reading);
        tokio::select! {
            _ = &mut reading => child.wait().await,
            status = child.wait() => {
                // An agent that the command left behind may hold its pipes open for ever.
                let _ = tokio::time::timeout(GRACE, reading).await;
                status
            }
        }
    };
    (stdout, stderr, status)
}

/// Reads a pipe until its end, or until it is too much; then the pipe is closed.
async fn read(pipe: Option<impl AsyncRead + Unpin>, bytes: &mut Vec<u8>) {
    if let Some(pipe) = pipe {
        // What was read before an error is all there is.
        let _ = pipe.take(MOST_BYTES).read_to_end(bytes).await;
    }
}

/// The first line that was said, without what is or looks like a key, and of a length that can be shown.
fn first_line(bytes: &[u8], key: Option<&Secret>) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = key.map_or_else(|| line.to_owned(), |key| key.mask(line));
    let words: Vec<&str> = line.split(' ').map(|word| if looks_like_key(word) { "[key]" } else { word }).collect();
    words.join(" ").chars().filter(|sign| !sign.is_control()).take(200).collect()
}

/// Long, of letters and digits together, and no path or address.
fn looks_like_key(word: &str) -> bool {
    let word = word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric());
    let of_keys = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let mixed = word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(|byte| byte.is_ascii_alphabetic());
    of_keys && (word.starts_with("sk-") || (word.len() >= 24 && mixed))
}

#[cfg(all(feature = "keyring", target_os = "linux"))]
async fn of_keyring(service: &str, user: &str) -> Result<Secret, KeyError> {
    let (service, user) = (service.to_owned(), user.to_owned());
    // The bus is asked and waited for; a prompt to unlock may stand for minutes.
    let asked = tokio::task::spawn_blocking(move || ask_secret_service(&service, &user)).await;
    asked.unwrap_or_else(|error| Err(KeyError::Keyring { reason: error.to_string() }))
}

#[cfg(all(feature = "keyring", target_os = "linux"))]
fn ask_secret_service(service: &str, user: &str) -> Result<Secret, KeyError> {
    use keyring_core::api::CredentialStoreApi;
    let store = dbus_secret_service_keyring_store::Store::new();
    let entry = store.and_then(|store| store.build(service, user, None));
    let password = entry.and_then(|entry| entry.get_password()).map(Zeroizing::new);
    let no_entry = || KeyError::NoEntry { service: service.to_owned(), user: user.to_owned() };
    match password {
        Ok(password) => Secret::new(&password).ok_or_else(no_entry),
        Err(keyring_core::Error::NoEntry) => Err(no_entry()),
        // The other errors may carry what they found, but none of them shows it.
        Err(error) => Err(KeyError::Keyring { reason: error.to_string() }),
    }
}

#[cfg(not(all(feature = "keyring", target_os = "linux")))]
#[expect(clippy::unused_async, reason = "has the signature of the one that asks")]
async fn of_keyring(_service: &str, _user: &str) -> Result<Secret, KeyError> {
    Err(KeyError::Keyring { reason: "this build has none".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(argv: &[&str]) -> KeySource {
        KeySource::Command(argv.iter().map(|&word| word.to_owned()).collect())
    }

    async fn resolved(source: KeySource) -> Result<Option<String>, String> {
        let environment = Environment::from_iter([("KEY", "sk-1\n"), ("BAD", "sk-\u{e9}")]);
        let key = resolve_key(&source, &environment).await;
        key.map(|key| key.map(|key| key.expose().to_owned())).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_variable_gives_its_value_and_a_missing_one_is_named() {
        let variable = |name: &str| KeySource::Variable(name.to_owned());
        assert_eq!(resolved(KeySource::None).await, Ok(None));
        assert_eq!(resolved(variable("KEY")).await, Ok(Some("sk-1".into())));
        assert_eq!(
            resolved(variable("OTHER")).await,
            Err("OTHER is not set. Export it, or name another source for the key in config.toml.".into())
        );
        assert_eq!(
            resolved(variable("BAD")).await,
            Err("The key from BAD holds signs that cannot be sent. Check that it is the key and nothing else.".into())
        );
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_keyring_without_a_bus_is_said_to_be_out_of_reach() {
        let entry = KeySource::Keyring { service: "abreast".into(), user: "me".into() };
        assert_eq!(
            resolved(entry).await,
            Err("The keyring cannot be asked: no session bus is running. Use api_key_env or api_key_cmd where no keyring \
                 runs."
                .into())
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_gives_its_first_line_without_a_shell_in_between() {
        assert_eq!(resolved(command(&["printf", "sk-2\\nuser: me\\n"])).await, Ok(Some("sk-2".into())));
        assert_eq!(resolved(command(&["echo", "$KEY; `x`"])).await, Ok(Some("$KEY; `x`".into())));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_fails_says_why_and_shows_no_key() {
        let script = "echo sk-secret; echo 'locked for sk-secret and sk-other12' >&2; echo more >&2; exit 3";
        assert_eq!(
            resolved(command(&["sh", "-c", script])).await,
            Err("The key's command `sh` failed (exit status: 3): locked for [key] and [key]. Try it in a shell.".into())
        );
        assert_eq!(
            resolved(command(&["true"])).await,
            Err("The key's command `true` printed nothing. Its first line has to be the key.".into())
        );
        let missing = resolved(command(&["/nonexistent/pass"])).await.unwrap_err();
        assert!(missing.starts_with("The key's command `/nonexistent/pass` cannot be started: "), "{missing}");
    }

    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn a_command_that_does_not_end_is_given_up() {
        let error = resolved(command(&["sleep", "60"])).await.unwrap_err();
        assert!(error.contains("did not end within 10 seconds"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn an_agent_that_stays_behind_does_not_hold_the_key_back() {
        let agent = command(&["sh", "-c", "sleep 5 & echo sk-4"]);
        assert_eq!(resolved(agent).await, Ok(Some("sk-4".into())));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_prints_without_end_is_cut_off() {
        let error = resolved(command(&["yes", "\u{e9}"])).await.unwrap_err();
        assert!(error.starts_with("The key's command `yes` failed (signal"), "{error}");
    }

    #[test]
    fn what_looks_like_a_key_is_not_repeated() {
        let said =
            b"\n  bad key sk-abc, token AbCdEf0123456789AbCdEf0123 in /home/me/.keys/0123456789abcdef0123\x07\nmore";
        assert_eq!(first_line(said, None), "bad key [key] token [key] in /home/me/.keys/0123456789abcdef0123");
    }
}
