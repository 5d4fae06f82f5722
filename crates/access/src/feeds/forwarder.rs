//! Forwards requests of an install to the feeds that it may use, with the token. It listens on this machine alone,
//! while there is an install, and knows each install by a ticket that is forgotten with it.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::task::AbortHandle;
use url::Url;

use super::{
    access::FeedCredential,
    client::Client,
    endpoint::{FeedEndpoint, Listener},
    named::Named,
    opened::Opened,
    serve::serve,
};
use crate::{error::EngineError, id};

/// The user name of every ticket.
pub(super) const USER: &str = "install";

/// What the tickets that are held open.
pub(super) type Tickets = Mutex<HashMap<String, Arc<Opened>>>;

/// Opens feeds for installs.
#[derive(Debug)]
pub struct Forwarder {
    /// The same for every install of a data folder, so that uv finds again what it has cached of a feed.
    address: SocketAddr,
    /// For the installs that use [`FeedEndpoint::Loopback`].
    listening: Mutex<Weak<Listening>>,
    client: Arc<Client>,
}

/// What one install may use; gone when dropped.
#[derive(Debug)]
pub struct Ticket {
    listening: Arc<Listening>,
    id: String,
    opened: Arc<Opened>,
}

#[derive(Debug)]
struct Listening {
    /// What installs get.
    address: SocketAddr,
    tickets: Arc<Tickets>,
    task: AbortHandle,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Forwarder {
    /// One for the installs of a data folder. Listens when it is first needed.
    pub fn new(data: &Path) -> Self {
        let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
        let port = 20_000 + u16::from_be_bytes([hash[3], hash[4]]) % 12_000;
        let host = Ipv4Addr::new(127, hash[0] | 1, hash[1], hash[2] | 1);
        Self {
            address: SocketAddr::from((host, port)),
            listening: Mutex::default(),
            client: Arc::default(),
        }
    }

    /// Opens feeds with what each is shown until the ticket is dropped. `folder` is that of the install.
    pub fn open(
        &self,
        feeds: Vec<(Named, FeedCredential)>,
        endpoint: FeedEndpoint,
        folder: &Path,
    ) -> Result<Ticket, EngineError> {
        let opened = Arc::new(Opened::new(feeds));
        let listening = match endpoint {
            FeedEndpoint::Loopback => self.listen_on_loopback(),
            // Each install has its own, so that none reaches another's.
            FeedEndpoint::Socket => Listener::in_folder(folder)
                .map(|listener| Arc::new(self.listen(listener, self.address))),
        };
        let listening =
            listening.map_err(|error| EngineError::io("Opening the private feeds", &error))?;
        let id = id::token() + &id::token();
        listening
            .tickets
            .lock()
            .insert(id.clone(), Arc::clone(&opened));
        Ok(Ticket {
            listening,
            id,
            opened,
        })
    }

    fn listen_on_loopback(&self) -> io::Result<Arc<Listening>> {
        let mut known = self.listening.lock();
        if let Some(listening) = known.upgrade() {
            return Ok(listening);
        }
        // At another than the usual address what was cached of the feeds is fetched again.
        let (listener, address) = Listener::at_address(self.address)?;
        let listening = Arc::new(self.listen(listener, address));
        *known = Arc::downgrade(&listening);
        Ok(listening)
    }

    fn listen(&self, listener: Listener, address: SocketAddr) -> Listening {
        let tickets = Arc::new(Tickets::default());
        let serving = serve(listener, Arc::clone(&tickets), Arc::clone(&self.client));
        Listening {
            address,
            tickets,
            task: tokio::spawn(serving).abort_handle(),
        }
    }
}

impl Ticket {
    /// The address to use in place of the feed's.
    pub fn url(&self, feed: &Url) -> Option<String> {
        let path = self.opened.path(feed)?;
        let (id, address) = (&self.id, self.listening.address);
        Some(format!("http://{USER}:{id}@{address}{path}"))
    }

    /// The address that the install uses.
    pub fn address(&self) -> SocketAddr {
        self.listening.address
    }

    /// The feeds that it opens.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// A line of output with the feeds' own addresses.
    pub fn shown(&self, line: &str) -> String {
        let line = line.replace(&self.id, "****");
        let users = ["", "install@", "install:****@"];
        self.opened.shown(line, &self.address().to_string(), &users)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.listening.tickets.lock().remove(&self.id);
    }
}
