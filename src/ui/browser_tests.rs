//! What needs a document: focus, keys, the browser's own dialog.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows no tests but those of libtest"
)]

use leptos::{prelude::*, task::tick};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlDialogElement;

use super::{
    About, Button, ButtonState, Dialog, DialogKind, JsonText, Lasts, MenuButton, MenuItem,
    NextStep, ScrollTable, Status, StatusRegion, Tab, Tabs, Trouble, breakable,
};
use crate::testing::{Mounted, focused_text, mount, press, until};

fn menu(chosen: RwSignal<Vec<&'static str>>) -> Mounted<impl Mountable> {
    let choose = move |name: &'static str| move || chosen.update(|chosen| chosen.push(name));
    mount(move || {
        let items = Signal::stored(vec![
            MenuItem::new("Install", None, choose("Install")),
            MenuItem::new("View", None, choose("View")),
            MenuItem::new("Stop", Some("It is stopping."), choose("Stop")),
        ]);
        view! { <MenuButton label="Running" items=items /> }
    })
}

async fn focus_on(text: &str) {
    until(&format!("focus on {text}"), || {
        focused_text().starts_with(text)
    })
    .await;
}

#[wasm_bindgen_test]
async fn arrows_open_a_menu_at_its_ends_and_escape_gives_the_focus_back() {
    let page = menu(RwSignal::new(Vec::new()));
    let button = page.find("button");
    button.focus().unwrap();
    press("ArrowDown").await;
    focus_on("Install").await;
    assert_eq!(
        button.get_attribute("aria-expanded").as_deref(),
        Some("true")
    );
    press("Escape").await;
    focus_on("Running").await;
    assert_eq!(page.count("[role=menu]"), 0);
    assert_eq!(
        button.get_attribute("aria-expanded").as_deref(),
        Some("false")
    );
    press("ArrowUp").await;
    focus_on("Stop").await;
}

#[wasm_bindgen_test]
async fn keys_move_in_a_menu() {
    let page = menu(RwSignal::new(Vec::new()));
    page.find("button").focus().unwrap();
    press("Enter").await;
    focus_on("Install").await;
    for (key, text) in [
        ("End", "Stop"),
        ("ArrowDown", "Install"),
        ("v", "View"),
        ("Home", "Install"),
    ] {
        press(key).await;
        focus_on(text).await;
    }
}

#[wasm_bindgen_test]
async fn choosing_acts_once_and_closes_but_a_refused_entry_only_says_why() {
    let chosen = RwSignal::new(Vec::new());
    let page = menu(chosen);
    page.find("button").click();
    focus_on("Install").await;
    press("End").await;
    focus_on("Stop").await;
    let stop = page.find("[role=menuitem]:last-child");
    let reason = stop.get_attribute("aria-describedby").unwrap();
    assert_eq!(
        page.find(&format!("#{reason}")).text_content().as_deref(),
        Some("It is stopping.")
    );
    press("Enter").await;
    assert_eq!(page.count("[role=menu]"), 1);
    press("ArrowUp").await;
    press("Enter").await;
    focus_on("Running").await;
    assert_eq!(chosen.get_untracked(), ["View"]);
    assert_eq!(page.count("[role=menu]"), 0);
}

#[wasm_bindgen_test]
async fn a_menu_closes_when_the_focus_leaves_it() {
    let page = menu(RwSignal::new(Vec::new()));
    page.find("button").click();
    focus_on("Install").await;
    page.find("[role=menuitem]").blur().unwrap();
    tick().await;
    assert_eq!(page.count("[role=menu]"), 0);
}

#[wasm_bindgen_test]
async fn a_dialog_takes_the_focus_and_gives_it_back() {
    let open = RwSignal::new(false);
    let page = mount(move || {
        Status::provide();
        view! {
            <StatusRegion />
            <Button on_press=move |()| open.set(true)>"Open"</Button>
            <Dialog open=open title="Sure?" kind=DialogKind::Confirm help="help">
                <Button on_press=|()| {}>"Lose it"</Button>
                <Button first_focus=true on_press=move |()| open.set(false)>"Cancel"</Button>
            </Dialog>
        }
    });
    let opener = page.find("button");
    opener.focus().unwrap();
    opener.click();
    focus_on("Cancel").await;
    let dialog: HtmlDialogElement = page.find("dialog").unchecked_into();
    assert_eq!(dialog.get_attribute("role").as_deref(), Some("alertdialog"));
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(
        page.find(&format!("#{title}")).text_content().as_deref(),
        Some("Sure?")
    );
    assert_eq!(page.count("dialog [role=status]"), 1);
    // What the browser does on Escape.
    dialog.close();
    focus_on("Open").await;
    until("the live region to come back", || {
        page.count("dialog [role=status]") == 0
    })
    .await;
    until("the signal follows the browser", || !open.get_untracked()).await;
    assert_eq!(page.count("dialog h2"), 0);
}

#[wasm_bindgen_test]
async fn a_refused_button_keeps_its_place_and_says_why() {
    let (pressed, refused) = (RwSignal::new(0), RwSignal::new(0));
    let state = RwSignal::new(ButtonState::Refused("Start one first.".into()));
    let page = mount(move || {
        let press = move |()| pressed.update(|count| *count += 1);
        let refuse = move |()| refused.update(|count| *count += 1);
        view! { <Button state=state on_press=press on_refused=refuse>"Run"</Button> }
    });
    let button = page.find("button");
    let reason = button.get_attribute("aria-describedby").unwrap();
    assert_eq!(
        page.find(&format!("#{reason}")).text_content().as_deref(),
        Some("Start one first.")
    );
    assert!(!button.has_attribute("disabled"));
    button.click();
    assert_eq!((pressed.get_untracked(), refused.get_untracked()), (0, 1));
    state.set(ButtonState::Ready);
    tick().await;
    assert!(!button.has_attribute("aria-disabled"));
    button.click();
    assert_eq!((pressed.get_untracked(), refused.get_untracked()), (1, 1));
}

#[wasm_bindgen_test]
async fn tabs_select_with_the_arrows_and_only_the_selected_one_is_in_the_tab_order() {
    let page = mount(|| {
        let tab = |title: &'static str| Tab {
            title,
            panel: ViewFn::from(move || format!("about {title}")),
        };
        view! { <Tabs label="Run" tabs=vec![tab("Outputs"), tab("Log")] /> }
    });
    page.find("[role=tab]").focus().unwrap();
    press("ArrowRight").await;
    focus_on("Log").await;
    assert_eq!(
        page.find("[role=tabpanel]").text_content().as_deref(),
        Some("about Log")
    );
    assert_eq!(
        page.find("[aria-selected=true]").text_content().as_deref(),
        Some("Log")
    );
    assert_eq!(page.count("[role=tab][tabindex='0']"), 1);
}

#[wasm_bindgen_test]
async fn the_same_news_twice_is_told_twice() {
    let told = StoredValue::new_local(None::<Status>);
    let page = mount(move || {
        told.set_value(Some(Status::provide()));
        view! { <StatusRegion /> }
    });
    let status = told.get_value().unwrap();
    let region = page.find("[role=status] p");
    status.announce("Saved");
    tick().await;
    let first = region.text_content();
    status.announce("Saved");
    tick().await;
    assert_ne!(first, region.text_content());
}

fn trouble(about: About, text: &str, lasts: Lasts) -> Trouble {
    Trouble {
        about,
        text: text.into(),
        detail: None,
        reference: None,
        lasts,
        steps: Vec::new(),
    }
}

#[wasm_bindgen_test]
async fn bad_news_stays_until_the_same_thing_is_tried_again() {
    let told = StoredValue::new_local(None::<Status>);
    let page = mount(move || {
        told.set_value(Some(Status::provide()));
        view! { <StatusRegion /> }
    });
    let status = told.get_value().unwrap();
    let run = || About::Request("POST runs".into());
    let stop = || About::Request("DELETE sessions".into());
    status.fail(trouble(run(), "Can’t run", Lasts::UntilTriedAgain));
    status.fail(trouble(stop(), "Can’t stop", Lasts::UntilAnswer));
    tick().await;
    let shown = || page.find("[role=status]").text_content().unwrap();
    assert!(shown().contains("Can’t run") && shown().contains("Can’t stop"));
    status.answered();
    tick().await;
    assert!(shown().contains("Can’t run") && !shown().contains("Can’t stop"));
    status.tried_again(&stop());
    tick().await;
    assert!(shown().contains("Can’t run"));
    status.tried_again(&run());
    tick().await;
    assert!(!shown().contains("Can’t run"));
}

#[wasm_bindgen_test]
async fn a_table_of_cards_is_a_table_and_its_rows_follow_what_they_show() {
    let rows = RwSignal::new(vec![("a", "1"), ("b", "2")]);
    let page = mount(move || {
        view! {
            <ScrollTable
                label="Packages"
                class=""
                columns=&["Package", "Version"]
                each=move || rows.get()
                key=|row: &(&str, &str)| row.0.to_owned()
                cells=|(name, version)| vec![name.into_any(), version.into_any()]
            />
        }
    });
    let roles = "[role=table] > [role=rowgroup] > [role=row] > ";
    assert_eq!(page.count(&format!("{roles}[role=columnheader]")), 2);
    assert_eq!(page.count(&format!("{roles}[role=rowheader]")), 2);
    assert_eq!(page.count(&format!("{roles}[role=cell]")), 2);
    rows.set(vec![("b", "2"), ("c", "3"), ("d", "4")]);
    tick().await;
    let text = page.find("tbody").text_content();
    assert_eq!(text.as_deref(), Some("b2c3d4"));
    assert_eq!(
        page.find("[role=group]")
            .get_attribute("tabindex")
            .as_deref(),
        Some("0")
    );
}

#[wasm_bindgen_test]
async fn a_name_wraps_after_its_underscores_and_stays_a_name() {
    let page = mount(|| view! { <p>{breakable("Standard_NC24_v4")}</p> });
    let name = page.find("p");
    assert_eq!(name.text_content().as_deref(), Some("Standard_NC24_v4"));
    assert_eq!(name.inner_text(), "Standard_NC24_v4");
    assert_eq!(page.count("wbr:not([aria-hidden=true])"), 0);
    name.style().set_property("width", "1px").unwrap();
    let line = name.client_height();
    name.set_text_content(Some("Standard_NC24_v4"));
    assert_eq!(line, 3 * name.client_height());
}

#[wasm_bindgen_test]
async fn a_card_goes_when_its_next_step_is_taken() {
    let told = StoredValue::new_local(None::<Status>);
    let taken = RwSignal::new(0);
    let page = mount(move || {
        told.set_value(Some(Status::provide()));
        view! { <StatusRegion /> }
    });
    let status = told.get_value().unwrap();
    let step = NextStep::new("Undo", move || taken.update(|taken| *taken += 1));
    status.offer("a.py deleted", step.clone());
    status.fail(Trouble {
        steps: vec![step.clone(), NextStep::new("Retry", || {})],
        ..trouble(About::Nothing, "No room", Lasts::UntilTriedAgain)
    });
    tick().await;
    let buttons = page.count("[role=status] button");
    assert_eq!(buttons, 5, "three steps, and Dismiss of both cards");
    page.find("[role=status] button").click();
    tick().await;
    assert_eq!(taken.get_untracked(), 1);
    let left = page.find("[role=status]").text_content().unwrap();
    assert!(!left.contains("a.py deleted") && left.contains("No room"));
    // What a page offers ends with the page.
    status.offer("b.py deleted", step);
    status.left_page();
    tick().await;
    assert_eq!(page.count("[role=status] button"), 0);
}

#[wasm_bindgen_test]
async fn a_text_is_a_stop_for_tab_only_while_it_can_be_scrolled() {
    let page = mount(|| {
        let value = flowdeck_contract::Exact::text(&"line\n".repeat(40));
        view! { <JsonText value=value what="text" /> }
    });
    let text = page.find("pre");
    assert_eq!(text.get_attribute("tabindex"), None);
    text.style().set_property("overflow", "auto").unwrap();
    text.style().set_property("max-height", "3em").unwrap();
    until("a stop", || {
        text.get_attribute("tabindex").as_deref() == Some("0")
    })
    .await;
    text.style().set_property("max-height", "none").unwrap();
    until("no stop", || text.get_attribute("tabindex").is_none()).await;
}
