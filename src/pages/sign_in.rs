//! Asks for the server's token.

use std::pin::Pin;

use leptos::{
    ev::{self, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local_scoped_with_cancellation,
};

use super::parts::PageHeading;
use crate::{
    api::{Api, ApiError},
    sign_in_link::SignInLink,
    ui::{Icon, unique_id},
};

stylance::import_crate_style!(style, "src/pages/sign_in.module.css");

/// Signs in with a token.
pub(crate) type SignInWith = fn(Api, String) -> Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// Signs in with the token that an address brings.
pub(crate) async fn sign_in_with(api: Api, token: String) -> Result<(), ApiError> {
    api.sign_in(&token).await
}

/// The sign-in page. When it succeeds, the page that was asked for takes its place.
#[component]
pub fn SignInPage() -> impl IntoView {
    let api = Api::from_context();
    // Why a token that came with the address was not taken.
    let refused =
        use_context::<ReadSignal<SignInLink>>().and_then(|link| link.get_untracked().refused());
    let problem = RwSignal::new(refused.map(|error| explain(&error)));
    let busy = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    let (field_id, help_id, problem_id) =
        (unique_id("token"), unique_id("help"), unique_id("problem"));
    let described_by = format!("{help_id} {problem_id}");

    // Another tab that signs in does so for this one.
    let key_name = api.key_name();
    let listener = window_event_listener(ev::storage, move |event| {
        if event.key().as_ref() == Some(&key_name) && event.new_value().is_some() {
            api.is_signed_out.set(false);
        }
    });
    on_cleanup(move || listener.remove());

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        let token = input.value().trim().to_owned();
        if token.is_empty() {
            problem.set(Some("Enter the token.".into()));
            // Focusing an element that is shown cannot fail.
            let _ = input.focus();
            return;
        }
        busy.set(true);
        spawn_local_scoped_with_cancellation(async move {
            let answer = api.sign_in(&token).await;
            busy.set(false);
            match answer {
                Ok(()) => api.is_signed_out.set(false),
                Err(error) => {
                    problem.set(Some(explain(&error)));
                    let _ = input.focus();
                }
            }
        });
    };

    view! {
        <form class=style::form on:submit=submit novalidate>
            <PageHeading title="Sign in" />
            <p id=help_id>
                "Enter the server’s token. The line "
                <code>"flowdeck is ready at …"</code>
                ", which the server prints when it starts, holds the token or says where it is."
            </p>
            <div class=style::field>
                <label for=field_id.clone()>"Token"</label>
                <input
                    node_ref=field
                    id=field_id
                    type="password"
                    autocomplete="current-password"
                    spellcheck="false"
                    aria-describedby=described_by
                    aria-invalid=move || problem.get().map(|_| "true")
                />
                <p id=problem_id class=style::problem role="alert">
                    {problem}
                </p>
            </div>
            <button type="submit" class=style::submit aria-disabled=move || busy.get().then_some("true")>
                {move || busy.get().then(|| Icon::Spinner.view())}
                "Sign in"
            </button>
        </form>
    }
}

fn explain(error: &ApiError) -> String {
    match &error.remedy {
        Some(remedy) => format!("{} {remedy}", error.message),
        None => error.message.clone(),
    }
}
