//! An image by its name and its digest.

use flowdeck_contract::session::SessionImage;
use leptos::prelude::*;

use crate::ui::CopyButton;

stylance::import_crate_style!(style, "src/pages/flow/session/image/line.module.css");

/// How many digits of a digest tell it from others.
const DIGITS: usize = 12;

/// An image, with its digest in short and a button that copies the whole.
#[component]
pub(crate) fn ImageLine(image: SessionImage) -> impl IntoView {
    let what = if image.is_local {
        "image id"
    } else {
        "image digest"
    };
    view! {
        <p class=style::line>
            <span class=style::label>"Base image"</span>
            <code>{image.reference}</code>
            <span class=style::digest>
                <span class="visually-hidden">{what}</span>
                <code title=image.digest.clone()>{short(&image.digest)}</code>
                <CopyButton text=Signal::stored(image.digest) what=what />
            </span>
        </p>
    }
}

/// The algorithm and the first digits.
pub(crate) fn short(digest: &str) -> String {
    let (algorithm, digits) = digest.split_once(':').unwrap_or(("", digest));
    let first: String = digits.chars().take(DIGITS).collect();
    match (algorithm, first.len() < digits.len()) {
        (_, false) => digest.to_owned(),
        ("", true) => format!("{first}…"),
        (algorithm, true) => format!("{algorithm}:{first}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_told_by_its_first_digits() {
        assert_eq!(short("sha256:0123456789abcdef"), "sha256:0123456789ab…");
        assert_eq!(short("sha256:0123"), "sha256:0123");
        assert_eq!(short("0123456789abcdef"), "0123456789ab…");
    }
}
