//! Markdown on the screen: as nodes, never as HTML. Nothing in it loads anything from elsewhere.

mod read;

use leptos::{either::Either, prelude::*};

use self::read::{Kind, Part, Target, read};
use crate::ui::CopyButton;

stylance::import_crate_style!(style, "src/pages/parts/markdown/markdown.module.css");

/// A longer text is shown as it is, in bytes.
const LONGEST: usize = 200_000;

/// A text that is Markdown.
#[component]
pub fn Markdown(
    /// The text.
    text: String,
) -> impl IntoView {
    if text.len() > LONGEST {
        return Either::Left(view! { <div class=style::plain>{text}</div> });
    }
    Either::Right(view! { <div class=style::text>{all(read(&text))}</div> })
}

fn all(parts: Vec<Part>) -> AnyView {
    parts.into_iter().map(shown).collect_view().into_any()
}

fn shown(part: Part) -> AnyView {
    match part {
        Part::Text(text) => text.into_any(),
        Part::Code(code) => view! { <code>{code}</code> }.into_any(),
        Part::Block(language, code) => block(language, code),
        Part::Break => view! { <br /> }.into_any(),
        Part::Rule => view! { <hr /> }.into_any(),
        Part::Group(kind, parts) => group(kind, all(parts)),
        Part::Link(target, parts) => link(target, all(parts)),
        Part::Picture(target, name) => {
            let name = match name.trim() {
                "" => "Picture".to_owned(),
                name => format!("Picture: {name}"),
            };
            link(target, name.into_any())
        }
    }
}

fn group(kind: Kind, inner: AnyView) -> AnyView {
    match kind {
        Kind::Paragraph => view! { <p>{inner}</p> }.into_any(),
        // The page's own headings end at the third level.
        Kind::Heading(1 | 2) => view! { <h4 class=style::large>{inner}</h4> }.into_any(),
        Kind::Heading(_) => view! { <h5>{inner}</h5> }.into_any(),
        Kind::Quote => view! { <blockquote>{inner}</blockquote> }.into_any(),
        Kind::Bullets => view! { <ul>{inner}</ul> }.into_any(),
        Kind::Numbers(first) => view! { <ol start=first.to_string()>{inner}</ol> }.into_any(),
        Kind::Item => view! { <li>{inner}</li> }.into_any(),
        Kind::Strong => view! { <strong>{inner}</strong> }.into_any(),
        Kind::Emphasis => view! { <em>{inner}</em> }.into_any(),
        Kind::Struck => view! { <s>{inner}</s> }.into_any(),
        Kind::Table => view! {
            <div class=style::wide tabindex="0" role="group" aria-label="Table">
                <table>{inner}</table>
            </div>
        }
        .into_any(),
        Kind::Head => view! {
            <thead>
                <tr>{inner}</tr>
            </thead>
        }
        .into_any(),
        Kind::Row => view! { <tr>{inner}</tr> }.into_any(),
        Kind::Cell => view! { <td>{inner}</td> }.into_any(),
        Kind::Plain => inner,
    }
}

fn block(language: String, code: String) -> AnyView {
    let label = match language.as_str() {
        "" => "Code".to_owned(),
        language => format!("Code in {language}"),
    };
    view! {
        <div class=style::block>
            <pre tabindex="0" role="group" aria-label=label>
                <code>{code.clone()}</code>
            </pre>
            <CopyButton text=Signal::stored(code) what="code" />
        </div>
    }
    .into_any()
}

/// A link says whose the place is that it leads to, whatever its text.
fn link(target: Target, inner: AnyView) -> AnyView {
    let Target { address, whose } = target;
    view! {
        <a href=address.clone() title=address target="_blank" rel="noopener noreferrer nofollow">
            {inner}
        </a>
        <span class=style::whose>" (" {whose} ")"</span>
    }
    .into_any()
}
