//! Requirements that leave the packages of prompt flow's runtime at the base's versions.

use super::{
    base::RUNTIME_PACKAGES,
    lines::{Logical, logical_lines},
    normalised_name, options,
    parse::{self, Requirement, What},
};

/// The text of a requirements file that asks for no version of the runtime's packages; `None` where it asks for none as it
/// is. Every line stays where it begins.
#[must_use]
pub fn keeping_base(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let (mut line, mut is_changed) = (1, false);
    for logical in logical_lines(text) {
        while line < logical.line() {
            written.push('\n');
            line += 1;
        }
        match without_version(&logical) {
            Some(freed) => {
                is_changed = true;
                written.push_str(&freed);
            }
            None => written.push_str(logical.trimmed()),
        }
        // A backslash that ends a line here continued nothing there.
        written.push_str(if written.ends_with('\\') {
            " #\n"
        } else {
            "\n"
        });
        line += 1;
    }
    is_changed.then_some(written)
}

/// A line that asks for a version of a package of the runtime, without it.
fn without_version(logical: &Logical) -> Option<String> {
    if options::option(&logical.text).is_some() {
        return None;
    }
    let read = parse::requirement(&logical.text).ok()?;
    let What::Named((from, to), location) = read.what else {
        return None;
    };
    let name = normalised_name(&logical.text[from..to]);
    let is_runtime = RUNTIME_PACKAGES.iter().any(|(runtime, _)| *runtime == name);
    if !is_runtime || (read.clauses.is_empty() && location.is_none()) {
        return None;
    }
    Some(match read.hashed {
        // Without a version no hash can be checked, and the base has the package.
        true => String::new(),
        false => freed(logical, &read, (from, to)),
    })
}

/// Name, extras and condition.
fn freed(logical: &Logical, read: &Requirement, (from, to): (usize, usize)) -> String {
    let text = &logical.text;
    let mut freed = text[from..to].to_owned();
    let extras: Vec<&str> = read
        .extras
        .iter()
        .map(|(from, to)| &text[*from..*to])
        .collect();
    if !extras.is_empty() {
        freed = format!("{freed}[{}]", extras.join(","));
    }
    match read.marker {
        Some((from, to)) => format!("{freed} ; {}", text[from..to].trim()),
        None => freed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_runtime_go_and_everything_else_stays() {
        for (text, kept) in [
            ("promptflow==1.17.2\n", "promptflow\n"),
            (
                "# a\nflask\nPromptflow_Core >=1,<2 # b\n",
                "\nflask\nPromptflow_Core\n",
            ),
            (
                "promptflow[azure, x] ~=1.1 ; os_name == 'posix'",
                "promptflow[azure,x] ; os_name == 'posix'\n",
            ),
            (
                "promptflow-tools \\\n == 1.0\nx==1",
                "promptflow-tools\n\nx==1\n",
            ),
            (
                "promptflow @ https://h/p.whl\n-r a.txt",
                "promptflow\n-r a.txt\n",
            ),
            (
                "x==1 --hash=sha256:0\npromptflow==1 --hash=sha256:1\n",
                "x==1 --hash=sha256:0\n\n",
            ),
        ] {
            assert_eq!(keeping_base(text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "promptflow\nflask==1\n",
            "",
            "promptflow-evals==0.3.2",
            "-r promptflow==1.txt",
        ] {
            assert_eq!(keeping_base(text), None, "{text}");
        }
    }
}
