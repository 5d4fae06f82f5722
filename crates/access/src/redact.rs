//! Addresses, and lines with addresses, without the passwords in them.

/// An address without the user name and password before its host.
pub fn bare_address(address: &str) -> String {
    without_passwords(address).replace("://****@", "://")
}

/// A line with `****` for what stands before the host of an address.
pub fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after
            .find(|c: char| c == '/' || c.is_whitespace())
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(at) => {
                shown.push_str("****");
                &after[at..]
            }
            None => after,
        };
    }
    shown + rest
}
