//! Light, dark, or as the system has it; remembered in the browser. Knows the document's root, no view.

use leptos::prelude::*;

use crate::storage::Store;

const KEY: &str = "flowdeck.theme";

/// Which colours the app is shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them, as the switch lists them.
    pub(crate) const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// The word in storage and in the document.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// What the screen calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

/// The theme as a signal: setting it changes the document and is remembered.
pub(crate) fn use_theme() -> RwSignal<Theme> {
    let remembered = Store::Local.read(KEY).and_then(|word| Theme::read(&word));
    let theme = RwSignal::new(remembered.unwrap_or_default());
    Effect::new(move |_| {
        let word = theme.get().word();
        Store::Local.write(KEY, word);
        if let Some(root) = document().document_element() {
            // Setting a valid attribute name cannot fail.
            let _ = root.set_attribute("data-theme", word);
        }
    });
    theme
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_read_back_from_its_word() {
        for theme in Theme::ALL {
            assert_eq!(Theme::read(theme.word()), Some(theme));
        }
        assert_eq!(Theme::read("sepia"), None);
    }
}
