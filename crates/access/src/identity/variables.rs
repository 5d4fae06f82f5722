//! Environment variables that are the server's alone.

use std::ffi::OsStr;

/// Of the variables of managed identities, those that hold a secret or say where one is had.
const IDENTITY: [&str; 4] = [
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "MSI_ENDPOINT",
    "MSI_SECRET",
];

/// Whether an environment variable is the server's alone: it may hold a secret.
pub fn is_the_servers(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"FLOWDECK_")
        || IDENTITY.iter().any(|identity| name == *identity)
}
