//! The link that the server prints (`…/?token=…`): signs in and takes the token out of the address bar. The server does
//! that itself when it serves the page; this is for a page served by another, as in development.

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::JsValue;
use web_sys::Url;

use crate::api::{Api, ApiError};

/// Where signing in by a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignInLink {
    /// The address has no token, or it was taken.
    Over,
    /// The token is being exchanged.
    Pending,
    /// The token was not taken.
    Refused(ApiError),
}

impl SignInLink {
    pub(crate) fn is_pending(&self) -> bool {
        *self == SignInLink::Pending
    }

    pub(crate) fn refused(self) -> Option<ApiError> {
        match self {
            SignInLink::Refused(error) => Some(error),
            SignInLink::Over | SignInLink::Pending => None,
        }
    }
}

/// Uses the token in the address, if there is one.
pub(crate) fn use_sign_in_link(api: Api) -> ReadSignal<SignInLink> {
    let state = RwSignal::new(SignInLink::Over);
    if let Some(token) = take_token() {
        state.set(SignInLink::Pending);
        spawn_local_scoped_with_cancellation(async move {
            state.set(match api.sign_in(&token).await {
                Ok(()) => SignInLink::Over,
                Err(error) => {
                    api.signed_out.set(true);
                    SignInLink::Refused(error)
                }
            });
        });
    }
    state.read_only()
}

fn take_token() -> Option<String> {
    let url = Url::new(&window().location().href().ok()?).ok()?;
    let query = url.search_params();
    let token = query.get("token")?;
    query.delete("token");
    // The token is out of the history as well: this entry is replaced.
    window()
        .history()
        .ok()?
        .replace_state_with_url(&JsValue::NULL, "", Some(&url.href()))
        .ok()?;
    Some(token)
}
