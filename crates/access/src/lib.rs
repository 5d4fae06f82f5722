//! How what is outside is reached, and with what credential: registries of images, feeds of packages, and the
//! requirements files that name feeds. Knows nothing of engines or sessions.

pub mod connection_test;
pub mod disk;
pub mod error;
pub mod feeds;
pub mod folder;
pub mod id;
pub mod identity;
pub mod model_servers;
pub mod pip_config;
pub mod redact;
pub mod registry;
pub mod requirements;
mod web;

use std::collections::BTreeMap;

/// Environment variables for a process, by name.
pub type Variables = BTreeMap<String, String>;
