//! A name that becomes part of an address comes back from it as it was.

use flowdeck_contract::ids::{FilePath, FlowId};
use proptest::prelude::*;

use super::*;

fn read(address: &str) -> Option<Route> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    Route::read(path, query)
}

/// Names as hostile as a file system allows, and the ordinary.
fn names() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "%", "%20", "%2F", "%25", "#", "?", "&", "=", "+", " ", "\u{202e}", "e\u{301}", "é", "\\",
        "\n", "a", ".", "/",
    ]);
    let made = prop::collection::vec(hostile, 1..8).prop_map(|parts| parts.concat());
    prop_oneof![made, any::<String>()].prop_filter("a name", |name| !name.is_empty())
}

proptest! {
    #[test]
    fn every_name_comes_back_from_every_address(name in names(), other in names()) {
        let file = FilePath::try_from(name.as_str()).ok();
        let flow = FlowId::try_from(other.as_str()).ok();
        let mut routes = vec![
            Route::Flows(FlowsView { search: Some(name.clone()), ..FlowsView::default() }),
            Route::Upgrade(Upgrade { flow: flow.clone(), ..Upgrade::of(other.clone()) }),
            Route::Connection(name.clone()),
            Route::NewConnection(NewConnection { name: Some(name.clone()), kind: Some(other.clone()) }),
        ];
        if let Some(flow) = flow {
            routes.push(Route::flow(flow.clone()));
            if let Some(file) = file {
                routes.push(Route::Flow { flow, view: FlowView::of_file(file, Some(3)) });
            }
        }
        for route in routes {
            let address = route.path();
            prop_assert_eq!(read(&address), Some(route), "{}", address);
        }
    }
}
