//! Lines as `conda list --export` writes them, `name=version=build`, which pip can't read.

use super::{
    parse::{Refused, Rewrite},
    version,
};

/// Why a line with single equals signs can't be installed, and what it means in pip's form; `None` for other lines.
pub(super) fn refused(text: &str) -> Option<Refused> {
    let line = text.trim();
    let from = text.len() - text.trim_start().len();
    let mut parts = line.split('=');
    let (name, version, build) = (parts.next()?, parts.next()?, parts.next());
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.!+".contains(c))
    };
    if parts.next().is_some()
        || ![name, version, build.unwrap_or("0")]
            .into_iter()
            .all(is_word)
    {
        return None;
    }
    let edge = |c: char| c.is_ascii_alphanumeric();
    let is_name = name.starts_with(edge) && name.ends_with(edge);
    let is_readable = is_name && version::fits("==", version);
    // Without a build, a name that pip can't read is reported by the reader of names.
    if build.is_none() && !is_readable {
        return None;
    }
    let why = match (build, is_readable) {
        (None, _) => "Use == to pin a version.".to_owned(),
        (Some(_), true) => format!(
            "pip can’t read this line of a conda export. Use {name}=={version}, if the package has the same name in the package index."
        ),
        (Some(_), false) => {
            "pip can’t read this line of a conda export. Remove the line.".to_owned()
        }
    };
    let (begin, to) = (from + name.len(), from + line.len());
    Some(Refused {
        from: if is_readable { begin } else { from },
        to,
        why,
        rewrite: is_readable.then(|| Rewrite {
            from: begin,
            to,
            text: format!("=={version}"),
            label: format!("Use {name}=={version}"),
        }),
    })
}
