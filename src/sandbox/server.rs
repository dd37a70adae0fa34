//! The server: connections on loopback, endpoints, bodies.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::endpoint;
use super::script::Pace;

/// After a failed accept (too many open files) it is tried again so much later.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// How the sandbox serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerOptions {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Tokens a second; `None` sends as fast as the connection takes.
    pub rate: Option<NonZeroU32>,
    /// The seed of requests that give none; `None` draws one for each.
    pub seed: Option<u64>,
}

impl Default for ServerOptions {
    /// Any port, 40 tokens a second, a new seed each time.
    fn default() -> Self {
        Self { port: 0, rate: NonZeroU32::new(40), seed: None }
    }
}

/// The sandbox's server, bound and not yet serving.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    options: ServerOptions,
}

impl Server {
    /// Takes the port. Errors: the port is in use, or loopback is not there.
    pub async fn bind(options: ServerOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, options })
    }

    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for clients, with `/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Serves until the future is dropped, which closes all connections.
    pub async fn serve(self) {
        let pace = self.options.rate.map_or(Pace::AsTaken, |rate| Pace::PerSecond(f64::from(rate.get())));
        let site = endpoint::Site { pace, seed: self.options.seed };
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(stream, site));
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

async fn connection(stream: TcpStream, site: endpoint::Site) {
    // Each token is a small packet that must not wait for the next one; without the option it is only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| async move { Ok::<_, Infallible>(endpoint::answer(site, request).await) });
    // An error here is a client that left or a fault made on purpose: there is nobody to tell.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}
