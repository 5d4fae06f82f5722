//! What the checks of flows and requirements files say, one file for each thing that is checked. One program, because each
//! is linked.

mod chat;
mod edit;
mod fuzzed;
mod guide;
mod limits;
mod many;
mod mistakes;
mod node_values;
mod outline;
mod pip;
mod prompty;
mod properties;
mod requirements;
mod sources;
mod tabs;
mod verdicts;
mod warnings;
