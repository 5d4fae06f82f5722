//! What a VM size has.

use flowdeck_contract::session::{VmSize, v_cpus};

/// Processors and memory of a session: `2 vCPUs, 7.5 GiB memory`.
#[must_use]
pub fn capacity(size: &VmSize) -> String {
    let gib = size.memory_mb / 1024;
    let tenths = size.memory_mb % 1024 * 10 / 1024;
    format!("{}, {gib}.{tenths} GiB memory", v_cpus(size.v_cpus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_says_what_it_has() {
        let size = |v_cpus| VmSize {
            name: "Host".into(),
            v_cpus,
            memory_mb: 7680,
        };
        assert_eq!(capacity(&size(2)), "2 vCPUs, 7.5 GiB memory");
        assert_eq!(capacity(&size(1)), "1 vCPU, 7.5 GiB memory");
    }
}
