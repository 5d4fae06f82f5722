//! Where a person's pictures come from: a file that is chosen, dropped or pasted. The server looks at what they are and keeps
//! them.

use flowdeck_contract::{
    ids::FlowId,
    pictures::{PICTURE_LIMIT, Picture},
};
use leptos::{
    ev::{ClipboardEvent, DragEvent},
    html,
    prelude::*,
    task::spawn_local_scoped_with_cancellation,
};
use web_sys::FileList;

use super::Failure;
use crate::{
    api::{Api, ApiError},
    ui::{Button, ButtonState},
};

/// The kinds that the server takes.
const KINDS: &str = "image/png,image/jpeg,image/gif,image/webp,image/avif,image/bmp";

/// Takes pictures for a flow. Cheap to copy.
#[derive(Clone, Copy)]
pub struct PictureSource {
    api: Api,
    flow: StoredValue<FlowId>,
    take: Callback<Picture>,
    /// How many are on their way to the server.
    coming: RwSignal<usize>,
    failure: RwSignal<Option<ApiError>>,
    owner: StoredValue<Owner>,
}

impl PictureSource {
    /// Gives each picture to `take` once the server keeps it. What is on its way ends with the component that made it.
    pub fn new(flow: FlowId, take: impl Fn(Picture) + Send + Sync + 'static) -> Self {
        Self {
            api: Api::from_context(),
            flow: StoredValue::new(flow),
            take: Callback::new(take),
            coming: RwSignal::new(0),
            failure: RwSignal::new(None),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Whether a picture is on its way.
    pub fn is_busy(self) -> bool {
        self.coming.get() > 0
    }

    /// Takes what was pasted, where it's a picture; a text goes into the field by itself.
    pub fn paste(self, event: &ClipboardEvent) {
        let files = event.clipboard_data().and_then(|data| data.files());
        if self.files(files) {
            event.prevent_default();
        }
    }

    /// Takes what was dropped, where it's a file; a text goes into the field by itself.
    pub fn drop(self, event: &DragEvent) {
        let files = event.data_transfer().and_then(|data| data.files());
        if self.files(files) {
            event.prevent_default();
        }
    }

    /// Takes these files; says whether there were any.
    fn files(self, files: Option<FileList>) -> bool {
        let Some(files) = files.filter(|files| files.length() > 0) else {
            return false;
        };
        self.failure.set(None);
        for file in (0..files.length()).filter_map(|at| files.get(at)) {
            if file.size() > PICTURE_LIMIT as f64 {
                let most = PICTURE_LIMIT / 1_000_000;
                let text = format!(
                    "The picture is larger than {most} MB. Choose a smaller picture, or make this one smaller."
                );
                self.failure
                    .set(Some(ApiError::local("PictureTooLarge", text)));
                continue;
            }
            self.coming.update(|coming| *coming += 1);
            let flow = self.flow.get_value();
            self.owner.get_value().with(|| {
                spawn_local_scoped_with_cancellation(async move {
                    let kept = self.api.keep_picture(&flow, &file).await;
                    self.coming
                        .update(|coming| *coming = coming.saturating_sub(1));
                    match kept {
                        Ok(kept) => self.take.run(Picture::Kept(kept.name)),
                        Err(error) => self.failure.set(Some(error)),
                    }
                });
            });
        }
        true
    }
}

/// The button that chooses files, and why a picture wasn't taken.
#[component]
pub fn ChoosePicture(
    /// What takes them.
    source: PictureSource,
    /// What the button says.
    #[prop(into)]
    words: Signal<&'static str>,
    /// Whether several can be chosen at once.
    #[prop(optional)]
    several: bool,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let state = Signal::derive(move || ButtonState::busy_while(source.is_busy()));
    let press = move |()| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            source.files(input.files());
            // The same file can be chosen again.
            input.set_value("");
        }
    };
    view! {
        <input node_ref=input type="file" accept=KINDS multiple=several hidden on:change=choose />
        <Button state=state on_press=press>
            {words}
        </Button>
    }
}

/// Why a picture wasn't taken.
#[component]
pub fn PictureRefused(
    /// What was to take it.
    source: PictureSource,
) -> impl IntoView {
    move || {
        let error = source.failure.get()?;
        Some(view! { <Failure title="Couldn’t take the picture" error=error /> })
    }
}
