//! What fails or goes astray below HTTP.

use std::process::Command;

use abreast::api::{Client, ErrorKind, Limits, next_step};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{OK_STREAM, client, client_of, endpoint, failed, request, run, text};
use crate::server::{EVENTS, Server, response};

/// A port on which nothing listens.
async fn deaf() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_port_without_a_server_is_named() {
    let address = deaf().await;
    let base = format!("http://{address}/v1?key=AIza-12345678");
    let error = failed(&client_of(&base)).await;
    assert_eq!((error.kind, error.message), (ErrorKind::Network, format!("Nothing answers at http://{address}.")));
    let mut error = abreast::api::ApiError::new(ErrorKind::Network, "");
    error.code = Some("connection_refused".to_owned());
    let step = next_step(&error, &endpoint(&base));
    assert_eq!(step.as_deref(), Some("Start the server, or check the port of base_url in config.toml."));
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_a_dead_one() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = failed(&client_of(&format!("https://{address}/v1"))).await;
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Network, Some("tls")), "{error}");
    assert!(error.message.starts_with("No secure connection to 127.0.0.1 came about: "), "{error}");
    let step = next_step(&error, &endpoint("https://127.0.0.1:1"));
    assert_eq!(step.as_deref(), Some("Write http:// in base_url if the server speaks no TLS."));
}

#[tokio::test]
async fn a_base_url_that_is_none_is_refused_at_once() {
    let error = Client::new(endpoint("localhost:8080"), Limits::default()).unwrap_err();
    assert_eq!(error.message, "lab cannot be asked: its base_url is not a URL such as https://api.example.com/v1.");
    let step = next_step(&error, &endpoint("localhost:8080"));
    assert_eq!(step.as_deref(), Some("Correct the provider in config.toml."));
}

/// Proxy settings are read from the environment, so the run happens in a process of its own: the test below this one.
#[tokio::test]
async fn a_loopback_server_is_asked_past_the_proxy() {
    let proxy = Server::answering(&[]).await;
    let url = format!("http://{}", proxy.address);
    let mut run = Command::new(std::env::current_exe().unwrap());
    run.args(["--exact", "--ignored", "wire::network::a_run_under_the_proxy_settings_of_its_environment"]);
    run.envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, &url)));
    run.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || run.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(proxy.asked().len(), 0);
}

#[tokio::test]
#[ignore = "run by the test above, with a proxy set"]
async fn a_run_under_the_proxy_settings_of_its_environment() {
    let server = Server::answering(&[response(200, &[EVENTS], OK_STREAM)]).await;
    let (deltas, error) = run(&client(&server), request()).await;
    assert_eq!((text(&deltas).as_str(), error), ("ok", None));
    assert_eq!(server.asked().len(), 1);
}
