//! Where the app is cut: the code that only these functions reach is linked into files of its own.

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{Show, Tell};
use crate::{
    files::{NameForm, RemovalQuestion},
    pages::{
        FlowsPage, SessionPages, SignInPage, UpgradePage,
        flow::{
            dialogs::{Packages, Plan, ResetQuestion, StopQuestion},
            session::{install::LastInstall, timeline::Lives},
            wizard::WizardSteps,
        },
        parts::may_lose_packages as look_for_packages,
    },
    raw::RawMode,
};

#[wasm_split(flows, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn flows_page() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <FlowsPage /> }.into_any())
}

#[wasm_split(files, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn new_file() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <NameForm /> }.into_any())
}

#[wasm_split(files, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn remove_file() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <RemovalQuestion /> }.into_any())
}

#[wasm_split(raw, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn raw_mode() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <RawMode /> }.into_any())
}

#[wasm_split(timeline, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn timeline() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <Lives /> }.into_any())
}

#[wasm_split(wizard, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn wizard() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <WizardSteps /> }.into_any())
}

#[wasm_split(packages, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn packages() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <Packages /> }.into_any())
}

#[wasm_split(packages, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn plan() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <Plan /> }.into_any())
}

#[wasm_split(packages, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn stop() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <StopQuestion /> }.into_any())
}

#[wasm_split(packages, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn reset() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <ResetQuestion /> }.into_any())
}

#[wasm_split(packages, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn may_lose_packages() -> Result<Tell, SplitLoaderError> {
    Ok(|context| Box::pin(look_for_packages(context.api, context.flow())))
}

#[wasm_split(install, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn install() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <LastInstall /> }.into_any())
}

#[wasm_split(sign_in, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn sign_in() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <SignInPage /> }.into_any())
}

#[wasm_split(sessions, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn sessions() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <SessionPages /> }.into_any())
}

#[wasm_split(upgrade, fallible, wasm_split_path = leptos::wasm_split)]
pub(super) fn upgrade() -> Result<Show, SplitLoaderError> {
    Ok(|| view! { <UpgradePage /> }.into_any())
}
