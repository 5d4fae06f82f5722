//! Which indexes an install asks: those that a requirements file names, else those that the server's settings of uv and
//! pip do, else pip's default.

use std::path::{Path, PathBuf};

use flowdeck_flow::LineKind;

use crate::{Variables, pip_config, requirements::RequirementSet};

/// The indexes of an install.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Indexes {
    pub(crate) asked: Vec<Index>,
    /// Folders of the server's that hold packages, too.
    pub(crate) folders: Vec<PathBuf>,
    /// Packages come from elsewhere as well.
    pub(crate) has_more: bool,
    /// Why none is asked, as a sentence.
    pub(crate) unasked: Option<String>,
}

/// One index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Index {
    /// Its address, as it stands where it is named.
    pub(crate) address: String,
    /// The server's settings name it, not the flow.
    pub(crate) is_configured: bool,
}

impl Indexes {
    /// Those of an install of these requirements here and now; `default` is pip's own, where pip is there to say it.
    pub fn of(set: Option<&RequirementSet>, default: Option<&str>) -> Self {
        let mut variables = pip_config::for_uv();
        variables.extend(std::env::vars().filter(|(name, _)| name.starts_with("UV_")));
        let lines = set.into_iter().flat_map(RequirementSet::lines);
        let lines = lines.map(|(_, line)| (&line.kind, line.text.as_str()));
        Self::among(lines, &variables, default)
    }

    fn among<'a>(
        lines: impl Iterator<Item = (&'a LineKind, &'a str)>,
        variables: &Variables,
        default: Option<&str>,
    ) -> Self {
        let mut found = Self::default();
        let (mut main, mut is_without) = (None, false);
        for (kind, text) in lines {
            match kind {
                LineKind::Index(address) if is_option(text, "-i", "--index-url") => {
                    main = Some(address.clone());
                }
                LineKind::Index(address) if is_option(text, "", "--extra-index-url") => {
                    found.name(address, false);
                }
                LineKind::Index(_) => found.has_more = true,
                LineKind::Option if is_option(text, "", "--no-index") => is_without = true,
                _ => {}
            }
        }
        let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        for extra in ["UV_INDEX", "UV_EXTRA_INDEX_URL"] {
            for address in set(extra).into_iter().flat_map(|value| value.split(' ')) {
                found.name(address, true);
            }
        }
        for links in set("UV_FIND_LINKS")
            .into_iter()
            .flat_map(|value| value.split(','))
        {
            match Path::new(links.trim()).is_absolute() {
                true => found.folders.push(links.trim().into()),
                false => found.has_more = true,
            }
        }
        is_without |= set("UV_NO_INDEX").is_some_and(|value| value == "true" || value == "1");
        if is_without {
            found.unasked = Some("Packages come from no index: --no-index is set.".to_owned());
            return found;
        }
        let configured = set("UV_DEFAULT_INDEX").or_else(|| set("UV_INDEX_URL"));
        let configured = configured.map(String::as_str).or(default);
        match (main, configured) {
            (Some(address), _) => found.name(&address, false),
            (None, Some(address)) => found.name(address, true),
            (None, None) => {
                found.unasked = Some(
                    "No package index is named in the file or in the server’s settings of pip and uv."
                        .to_owned(),
                );
            }
        }
        found
    }

    fn name(&mut self, address: &str, is_configured: bool) {
        // uv can give an index a name.
        let named = address
            .split_once('=')
            .filter(|(name, _)| !name.contains("://"));
        let address = named.map_or(address, |(_, address)| address);
        match address.contains("://") && !address.starts_with("file:") {
            true => self.asked.push(Index {
                address: address.to_owned(),
                is_configured,
            }),
            false => self.has_more = true,
        }
    }
}

fn is_option(text: &str, short: &str, long: &str) -> bool {
    let is_short = !short.is_empty() && text.starts_with(short);
    let rest = text.strip_prefix(long);
    is_short || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '=']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, variables: &[(&str, &str)]) -> Indexes {
        let lines = flowdeck_flow::requirement_lines(text);
        let lines = lines.iter().map(|line| (&line.kind, line.text.as_str()));
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| ((*name).into(), (*value).into()));
        Indexes::among(lines, &variables.collect(), None)
    }

    fn addresses(indexes: &Indexes) -> Vec<(&str, bool)> {
        let asked = indexes.asked.iter();
        asked
            .map(|index| (&*index.address, index.is_configured))
            .collect()
    }

    #[test]
    fn the_file_counts_before_the_settings() {
        let settings = [
            ("UV_DEFAULT_INDEX", "https://main.example/simple"),
            ("UV_INDEX", "own=https://own.example/ https://more.example/"),
        ];
        let plain = of("alpha\n", &settings);
        assert_eq!(
            addresses(&plain),
            [
                ("https://own.example/", true),
                ("https://more.example/", true),
                ("https://main.example/simple", true)
            ]
        );
        let named = of(
            "--index-url=http://a.example/simple\n--extra-index-url http://b.example/\n-f ./wheels\n",
            &settings[..1],
        );
        assert_eq!(
            addresses(&named),
            [
                ("http://b.example/", false),
                ("http://a.example/simple", false)
            ]
        );
        assert!(named.has_more && named.unasked.is_none());
    }

    #[test]
    fn a_folder_of_the_servers_is_looked_into_and_other_links_are_not() {
        let links = |links: &str| {
            let settings = [("UV_DEFAULT_INDEX", "http://a/"), ("UV_FIND_LINKS", links)];
            let found = of("alpha\n", &settings);
            (found.folders, found.has_more)
        };
        assert_eq!(links("/a/wheels"), (vec!["/a/wheels".into()], false));
        assert_eq!(links("/a, http://b/c"), (vec!["/a".into()], true));
    }

    #[test]
    fn pip_s_default_is_the_last_to_count() {
        let with_default = |variables: &Variables| {
            Indexes::among([].into_iter(), variables, Some("https://default.example"))
        };
        let found = with_default(&Variables::new());
        assert_eq!(addresses(&found), [("https://default.example", true)]);
        let settings = [(
            "UV_DEFAULT_INDEX".to_owned(),
            "https://main.example".to_owned(),
        )];
        let found = with_default(&settings.into());
        assert_eq!(addresses(&found), [("https://main.example", true)]);
    }

    #[test]
    fn where_no_index_is_asked_it_says_so() {
        assert!(of("alpha\n", &[]).unasked.is_some());
        let settings = [("UV_DEFAULT_INDEX", "https://main.example/simple")];
        assert!(of("--no-index\nalpha\n", &settings).unasked.is_some());
    }
}
