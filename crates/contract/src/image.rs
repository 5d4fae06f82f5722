//! References of container images; a flow's definition names one, so the rules are where flows are read.

pub use flowdeck_flow::image::{ImageReference, InvalidImage, proposal};
