//! What an address brings for signing in; it is removed from the address bar at once. It is the key, which the server
//! adds when somebody opens the link that it prints, or the token of that link (`…/?token=…`) where another server
//! delivers the page, as in development.

use flowdeck_contract::sign_ins::KEY_FRAGMENT;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::JsValue;
use web_sys::Url;

use crate::{
    api::{Api, ApiError},
    lazy::sign_in_with,
};

/// Where signing in by a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignInLink {
    /// The address brings nothing, or it was taken.
    Over,
    /// It is being looked at.
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

enum Brought {
    Key(String),
    Token(String),
}

/// Uses what the address brings, if it does.
pub(crate) fn use_sign_in_link(api: Api) -> ReadSignal<SignInLink> {
    let state = RwSignal::new(SignInLink::Over);
    if let Some(brought) = take() {
        state.set(SignInLink::Pending);
        spawn_local_scoped_with_cancellation(async move {
            let taken = match brought {
                Brought::Key(key) => {
                    api.take_key(key).await;
                    Ok(())
                }
                Brought::Token(token) => match sign_in_with().await {
                    Ok(sign_in_with) => sign_in_with(api, token).await,
                    Err(_) => Err(ApiError::unreachable()),
                },
            };
            state.set(match taken {
                Ok(()) => SignInLink::Over,
                Err(error) => {
                    api.is_signed_out.set(true);
                    SignInLink::Refused(error)
                }
            });
        });
    } else if !api.has_key() {
        api.is_signed_out.set(true);
    }
    state.read_only()
}

fn take() -> Option<Brought> {
    let url = Url::new(&window().location().href().ok()?).ok()?;
    let brought = match url.hash().strip_prefix(KEY_FRAGMENT) {
        Some(key) => {
            url.set_hash("");
            Brought::Key(key.to_owned())
        }
        None => {
            let query = url.search_params();
            let token = query.get("token")?;
            query.delete("token");
            Brought::Token(token)
        }
    };
    // It is out of the history as well: this entry is replaced.
    window()
        .history()
        .ok()?
        .replace_state_with_url(&JsValue::NULL, "", Some(&url.href()))
        .ok()?;
    Some(brought)
}
