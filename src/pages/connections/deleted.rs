//! The connections that were deleted lately, and restoring them.

use flowdeck_contract::connections::DeletedConnection;
use leptos::prelude::*;

use super::{Listed, removing::Removing, style};
use crate::ui::{Ago, Button, Each};

#[component]
pub(super) fn DeletedList(listed: Listed) -> impl IntoView {
    let deleted = Memo::new(move |_| {
        listed
            .list
            .get()
            .map(|list| list.deleted)
            .unwrap_or_default()
    });
    let is_any = Memo::new(move |_| deleted.with(|deleted| !deleted.is_empty()));
    let key = |one: &DeletedConnection| one.name.to_string();
    view! {
        <Show when=move || is_any.get()>
            <section class=style::deleted aria-labelledby="deleted-connections">
                <h2 id="deleted-connections">"Deleted in the last 24 hours"</h2>
                <ul>
                    <Each each=move || deleted.get() key=key let(one)>
                        <Row one=one />
                    </Each>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Row(one: DeletedConnection) -> impl IntoView {
    let removing = expect_context::<Removing>();
    let (name, label) = (one.name.to_string(), format!("Restore {}", one.name));
    view! {
        <li class=style::deleted_row>
            <span>
                {name} " (" {one.kind.display_name()} "), deleted " <Ago at=one.deleted.0 />
            </span>
            <Button label=label on_press=move |()| removing.restore(one.name.clone())>
                "Restore"
            </Button>
        </li>
    }
}
