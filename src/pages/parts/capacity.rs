//! What a VM size has.

use flowdeck_contract::session::SessionSize;

/// Processors and memory of a session: `2 vCPUs, 7.5 GiB memory`.
#[must_use]
pub fn capacity(size: &SessionSize) -> String {
    let gib = size.memory_mb / 1024;
    let tenths = size.memory_mb % 1024 * 10 / 1024;
    format!("{} vCPUs, {gib}.{tenths} GiB memory", size.v_cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_says_what_it_has() {
        let size = SessionSize {
            name: "Host_2".into(),
            v_cpus: 2,
            memory_mb: 7680,
        };
        assert_eq!(capacity(&size), "2 vCPUs, 7.5 GiB memory");
    }
}
