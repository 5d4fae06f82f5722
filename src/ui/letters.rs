//! Small letters by the browser's own tables: the standard library's would be some 5 KB of every first load.

/// The text in small letters.
pub(crate) fn lowercase(text: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    let small = js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    let small = text.to_lowercase();
    small
}

/// Whether a text begins with this letter, small or not.
pub(crate) fn begins_with(text: &str, letter: char) -> bool {
    let first = text.chars().next();
    first.is_some_and(|first| lowercase(&first.to_string()) == lowercase(&letter.to_string()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_found_whether_it_is_small_or_not() {
        assert!(begins_with("Écran", 'é'));
        assert!(begins_with("écran", 'É'));
        assert!(begins_with("1", '1'));
        assert!(!begins_with("a", 'b'));
        assert!(!begins_with("", 'b'));
        assert_eq!(lowercase("ÄB c"), "äb c");
    }
}
