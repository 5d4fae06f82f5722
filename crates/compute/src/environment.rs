//! Environments on this machine's disk, as every engine makes them that keeps its sessions there.

mod at_work;
pub(crate) mod base;
pub(crate) mod clone;
pub(crate) mod folders;
pub(crate) mod inventory;
pub(crate) mod kept;
pub(crate) mod packages;
pub(crate) mod reuse;
