//! The server through its real router, without a network: one module per area.

mod assets;
mod auth;
mod errors;
mod events;
mod files;
mod flows;
mod openapi;
mod world;
