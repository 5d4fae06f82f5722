//! pip's own settings, passed on to uv: where a person told pip to look for packages, an install here looks too.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::Variables;

/// pip's option, as in its configuration files, and uv's variable for it. What is a list has spaces or new lines
/// between its values in both.
const SETTINGS: [(&str, &str); 9] = [
    ("index-url", "UV_DEFAULT_INDEX"),
    ("extra-index-url", "UV_INDEX"),
    ("find-links", "UV_FIND_LINKS"),
    ("no-index", "UV_NO_INDEX"),
    ("trusted-host", "UV_INSECURE_HOST"),
    ("constraint", "UV_CONSTRAINT"),
    ("cert", "SSL_CERT_FILE"),
    ("default-timeout", "UV_HTTP_TIMEOUT"),
    ("timeout", "UV_HTTP_TIMEOUT"),
];

/// Variables for uv out of the environment and pip's configuration files, but for those that the environment has
/// already: who sets uv's own means them.
pub fn for_uv() -> Variables {
    let environment: Variables = std::env::vars().collect();
    let files = files(&environment)
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    translate(&environment, files)
}

fn files(environment: &Variables) -> Vec<PathBuf> {
    if environment
        .get("PIP_CONFIG_FILE")
        .is_some_and(|path| path == "/dev/null")
    {
        return Vec::new();
    }
    let mut files = vec![PathBuf::from("/etc/pip.conf")];
    if let Some(home) = environment.get("HOME") {
        files.push(Path::new(home).join(".pip/pip.conf"));
        let config = environment
            .get("XDG_CONFIG_HOME")
            .map_or_else(|| Path::new(home).join(".config"), PathBuf::from);
        files.push(config.join("pip/pip.conf"));
    }
    files.extend(environment.get("PIP_CONFIG_FILE").map(PathBuf::from));
    files
}

/// Later files win over earlier ones, the environment over files.
fn translate(environment: &Variables, files: impl Iterator<Item = String>) -> Variables {
    let mut pip: BTreeMap<String, String> = files.flat_map(|text| parse(&text)).collect();
    for (option, _) in SETTINGS {
        if let Some(value) =
            environment.get(&format!("PIP_{}", option.replace('-', "_").to_uppercase()))
        {
            pip.insert(option.to_owned(), value.clone());
        }
    }
    let mut uv = Variables::new();
    for (option, variable) in SETTINGS {
        let Some(value) = pip.get(option).filter(|value| !value.is_empty()) else {
            continue;
        };
        if !environment.contains_key(variable) {
            uv.insert(variable.to_owned(), converted(option, value));
        }
    }
    uv
}

fn converted(option: &str, value: &str) -> String {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match option {
        "find-links" => value.replace(' ', ","),
        "no-index" => {
            matches!(value.to_lowercase().as_str(), "1" | "true" | "yes" | "on").to_string()
        }
        _ => value,
    }
}

/// The options of the sections that hold for an install. Continuation lines are indented.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut options = BTreeMap::<String, String>::new();
    let (mut counts, mut last) = (false, None::<String>);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            counts = matches!(section, "global" | "install");
            last = None;
        } else if !counts {
        } else if line.starts_with([' ', '\t']) && last.is_some() {
            if let Some(value) = last.as_ref().and_then(|key| options.get_mut(key)) {
                *value = format!("{value} {trimmed}").trim_start().to_owned();
            }
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().replace('_', "-").to_lowercase();
            options.insert(key.clone(), value.trim().to_owned());
            last = Some(key);
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn files_and_environment_come_together_by_pip_s_precedence() {
        let file = "[global]\nindex-url = http://a/simple\nextra-index-url =\n    http://b\n    http://c\n\
                    [list]\nindex-url = http://no\n[install]\nfind-links: /w\n# x\nno_index = yes\n";
        let environment = variables(&[("PIP_INDEX_URL", "http://env/simple")]);
        assert_eq!(
            translate(&environment, [file.to_owned()].into_iter()),
            variables(&[
                ("UV_DEFAULT_INDEX", "http://env/simple"),
                ("UV_INDEX", "http://b http://c"),
                ("UV_FIND_LINKS", "/w"),
                ("UV_NO_INDEX", "true"),
            ])
        );
    }

    #[test]
    fn what_is_said_to_uv_itself_stays() {
        let environment = variables(&[
            ("PIP_INDEX_URL", "http://pip"),
            ("UV_DEFAULT_INDEX", "http://uv"),
        ]);
        assert_eq!(
            translate(&environment, std::iter::empty()),
            Variables::new()
        );
    }
}
