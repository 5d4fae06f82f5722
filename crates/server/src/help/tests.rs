use std::collections::HashSet;

use axum::http::StatusCode;
use flowdeck_contract::help::HelpTopic;
use proptest::prelude::*;

use super::*;

fn guide(name: &str) -> Option<Guide> {
    let source = GUIDES.iter().find(|source| source.name == name)?;
    Some(render(source.name, source.markdown, "/help"))
}

/// Whether the guides have what an address names.
fn is_there(address: &str) -> bool {
    let (path, place) = address
        .split_once('#')
        .map_or((address, None), |(path, place)| (path, Some(place)));
    let Some(response) = answer(path.trim_start_matches('/'), &BasePath::default()) else {
        return false;
    };
    let has_place = |place: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        guide(name).is_some_and(|guide| guide.places.iter().any(|known| known.id == place))
    };
    response.status() == StatusCode::OK && place.is_none_or(has_place)
}

#[test]
fn every_place_that_the_app_leads_to_is_there() {
    for topic in HelpTopic::ALL {
        assert!(is_there(topic.address()), "{topic:?}");
    }
}

#[test]
fn every_guide_of_the_repository_is_served() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    for entry in std::fs::read_dir(docs).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            assert!(is_there(&format!("/help/{name}")), "{name}");
        }
    }
}

#[test]
fn every_link_and_picture_of_a_guide_leads_somewhere() {
    for source in &GUIDES {
        let guide = render(source.name, source.markdown, "/help");
        let places: HashSet<&str> = guide.places.iter().map(|place| place.id.as_str()).collect();
        assert_eq!(places.len(), guide.places.len(), "{}", source.name);
        let targets = ["href=\"", "src=\""].into_iter().flat_map(|attribute| {
            let rest = guide.html.split(attribute).skip(1);
            rest.filter_map(|rest| rest.split('"').next())
        });
        for target in targets.filter(|target| !target.contains("://")) {
            let fits = match target.strip_prefix('#') {
                Some(place) => places.contains(place),
                None => is_there(target),
            };
            assert!(fits, "{}: {target}", source.name);
        }
    }
}

#[test]
fn what_is_no_guide_is_left_to_others() {
    for path in [
        "",
        "helpful",
        "help/nothing",
        "help/../x",
        "help//limits",
        "flows/help",
    ] {
        assert!(answer(path, &BasePath::default()).is_none(), "{path}");
    }
}

#[test]
fn a_guide_s_links_stay_below_the_base_path() {
    let base: BasePath = "/x".parse().unwrap();
    let guide = render(
        "authors-guide",
        "[a](limits.md#b) ![c](d.png) [e](#f) [g](https://h.example)",
        "/x/help",
    );
    for expected in [
        "\"/x/help/limits#b\"",
        "\"/x/help/d.png\"",
        "\"#f\"",
        "\"https://h.example\"",
    ] {
        assert!(guide.html.contains(expected), "{}", guide.html);
    }
    assert!(answer("help", &base).is_some());
}

proptest! {
    /// Nothing in a guide's text becomes an element that Markdown has no sign for.
    #[test]
    fn html_in_a_guide_is_shown_as_text(text in "[<>/a-z =\"'\n&#]{0,60}") {
        let guide = render("limits", &format!("x {text} <script>y</script>\n\n<script>\nz\n</script>\n"), "/help");
        prop_assert!(!guide.html.contains("<script"), "{}", guide.html);
    }
}
