//! The font of pages where the system has no good one. The style sheet names it by its hash, so that browsers keep it.

use anyhow::{Context, Result, bail};
use std::fs;

use crate::{digest::short_hash, project::Project, stamp::write_atomically};

/// Where npm puts it: the variable font, with the letters of Western European languages alone.
const FILE: &str =
    "web/font/node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";

/// What `style/font.css` calls it.
const WRITTEN: &str = "url(\"font.woff2\")";

struct Font {
    name: String,
    content: Vec<u8>,
}

fn read(project: &Project) -> Result<Font> {
    let path = project.path(FILE);
    let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Font {
        name: format!("font-{}.woff2", short_hash(&content)),
        content,
    })
}

/// The style sheet with the font's name in it.
pub(super) fn named(project: &Project, sheet: &str) -> Result<String> {
    with_name(sheet, &read(project)?.name)
}

fn with_name(sheet: &str, name: &str) -> Result<String> {
    match sheet.matches(WRITTEN).count() {
        1 => Ok(sheet.replace(WRITTEN, &format!("url(\"{name}\")"))),
        count => bail!("the style sheets must have `{WRITTEN}` once, and have it {count} times"),
    }
}

/// Trunk's post-build hook: puts the font into the staged app.
pub(crate) fn attach(project: &Project) -> Result<()> {
    let font = read(project)?;
    write_atomically(&super::staging()?.join(font.name), &font.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_names_the_font_once() {
        let sheet = format!("@font-face {{ src: {WRITTEN} format(\"woff2\") }}");
        assert_eq!(
            with_name(&sheet, "font-1.woff2").unwrap(),
            "@font-face { src: url(\"font-1.woff2\") format(\"woff2\") }"
        );
        assert!(with_name("", "font-1.woff2").is_err());
        assert!(with_name(&sheet.repeat(2), "font-1.woff2").is_err());
    }
}
