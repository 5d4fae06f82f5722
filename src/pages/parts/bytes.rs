//! Amounts of bytes in words.

/// `0.5 MiB`, `1.2 GiB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    // Far below what an f64 counts exactly.
    let mib = count as f64 / (1024.0 * 1024.0);
    if mib < 1024.0 {
        format!("{mib:.1} MiB")
    } else {
        format!("{:.1} GiB", mib / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_a_unit_that_fits() {
        assert_eq!(bytes(0), "0.0 MiB");
        assert_eq!(bytes(3 << 19), "1.5 MiB");
        assert_eq!(bytes(3 << 30), "3.0 GiB");
    }
}
