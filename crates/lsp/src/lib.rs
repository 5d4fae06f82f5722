//! The language server of `flowdeck lsp`: completion, hover, checks and the rest of `flowdeck-language` for editors that speak
//! the language server protocol, over flow folders on disk.
//!
//! Nothing is run and nothing is written: edits are the editor's to make. Positions are in UTF-16, the protocol's default.

mod convert;
mod documents;
mod protocol;
mod server;
mod uri;

use std::io;

use lsp_server::Connection;

/// Serves an editor on standard input and output until it says goodbye, or its end of the pipe closes.
///
/// # Errors
/// Fails when what comes in isn't the protocol, or the pipe breaks.
pub fn run_stdio() -> io::Result<()> {
    let (connection, threads) = Connection::stdio();
    let served = run(&connection);
    drop(connection);
    let read = threads.join();
    served.and(read)
}

/// Serves an editor on a connection.
///
/// # Errors
/// Fails when what comes in isn't the protocol.
pub fn run(connection: &Connection) -> io::Result<()> {
    let invalid = |error: lsp_server::ProtocolError| {
        io::Error::new(io::ErrorKind::InvalidData, error.to_string())
    };
    let (id, _) = connection.initialize_start().map_err(invalid)?;
    connection
        .initialize_finish(id, protocol::capabilities())
        .map_err(invalid)?;
    server::Server::new(connection).serve().map_err(invalid)
}
