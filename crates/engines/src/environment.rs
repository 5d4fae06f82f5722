//! Environments on this machine's disk, as every engine makes them that keeps its sessions there.

mod at_work;
pub(crate) mod base;
pub(crate) mod bytecode;
pub(crate) mod clone;
pub(crate) mod folders;
mod installer;
pub(crate) mod inventory;
pub(crate) mod kept;
mod over_commands;
pub(crate) mod packages;
mod reuse;
