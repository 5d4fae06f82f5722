//! Where the app is cut: the code that only these functions reach is linked into files of its own.

#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use leptos::{prelude::*, wasm_split::SplitLoaderError};

use super::Show;
use crate::{
    pages::{
        ConnectionPage, ConnectionsPage, FlowAtAddress, FlowDialogs, FlowsPage, ImportForm,
        NewNameForm, SessionPage, SessionsPage, SignInPage, SignInWith, SignInsPage, UpgradePage,
        UpgradeReview,
        flow::{
            chat::ChatPane,
            compare::RunComparison,
            dialogs::{Packages, Plan, ResetQuestion, StopQuestion},
            files::{FileDialogs, NameForm},
            findings::FindingList,
            graph::FlowGraph,
            inputs::{Extra, InputSets, VariablesEditor},
            needs::{MendForm, NeedsNotice},
            nodes::{NodeDetails, NodeError, NodeService, SetNodeValue},
            outputs::{RunHead, SelectedRun, image::RunImage},
            playground::Playground,
            raw::{Checker, DockTabs, RawMode, checker as checker_code},
            session::{SessionDrawerPanel, image::SessionImage, timeline::FlowLives},
            toolbar::{AskPresets, IdleEnd, PillFacts, SessionOffer, ask_presets},
            trace::RunTimeline,
            wizard::WizardSteps,
        },
        parts::{OtherForm, Pictures, SaveFile, save_file as save_file_code},
        sign_in_with as sign_in_with_token,
    },
    shortcuts::ShortcutList,
};

/// A place where the app is cut: `part` names the file, and what it shows comes once that has loaded. Tests of
/// components link without being split.
macro_rules! point {
    ($part:ident, $name:ident -> $kind:ty, $code:expr) => {
        #[cfg(not(test))]
        #[wasm_split($part, fallible, wasm_split_path = leptos::wasm_split)]
        pub(super) fn $name() -> Result<$kind, SplitLoaderError> {
            Ok($code)
        }

        #[cfg(test)]
        pub(super) async fn $name() -> Result<$kind, SplitLoaderError> {
            Ok($code)
        }
    };
}

point!(flow, flow_page -> Show, || view! { <FlowAtAddress /> }.into_any());

point!(flows, flows_page -> Show, || view! { <FlowsPage /> }.into_any());

point!(flow_dialogs, flow_dialogs -> Show, || view! { <FlowDialogs /> }.into_any());

point!(files, new_file -> Show, || view! { <NameForm /> }.into_any());

point!(files, file_dialogs -> Show, || view! { <FileDialogs /> }.into_any());

point!(raw, raw_mode -> Show, || view! { <RawMode /> }.into_any());

point!(dock, raw_dock -> Show, || view! { <DockTabs /> }.into_any());

point!(dock, checker -> Checker, checker_code());

point!(timeline, timeline -> Show, || view! { <FlowLives /> }.into_any());

point!(wizard, wizard -> Show, || view! { <WizardSteps /> }.into_any());

point!(wizard, presets -> AskPresets, |api, flow| Box::pin(ask_presets(api, flow)));

point!(packages, packages -> Show, || view! { <Packages /> }.into_any());

point!(packages, plan -> Show, || view! { <Plan /> }.into_any());

point!(packages, stop -> Show, || view! { <StopQuestion /> }.into_any());

point!(packages, reset -> Show, || view! { <ResetQuestion /> }.into_any());

point!(session, session_drawer -> Show, || view! { <SessionDrawerPanel /> }.into_any());

point!(session, needs_session -> Show, || view! { <SessionOffer /> }.into_any());

point!(run, run_head -> Show, || view! { <RunHead /> }.into_any());

point!(run, run_tabs -> Show, || view! { <SelectedRun /> }.into_any());

point!(chat, chat -> Show, || view! { <ChatPane /> }.into_any());

point!(trace, run_timeline -> Show, || view! { <RunTimeline /> }.into_any());

point!(run, node_error -> Show, || view! { <NodeError /> }.into_any());

point!(run, findings -> Show, || view! { <FindingList /> }.into_any());

point!(session, pill_facts -> Show, || view! { <PillFacts /> }.into_any());

point!(session, idle_warning -> Show, || view! { <IdleEnd /> }.into_any());

point!(field_extra, field_extra -> Show, || view! { <Extra /> }.into_any());

point!(node_details, node_details -> Show, || view! { <NodeDetails /> }.into_any());

point!(run, pictures -> Show, || view! { <Pictures /> }.into_any());

point!(other_form, other_form -> Show, || view! { <OtherForm /> }.into_any());

point!(input_sets, input_sets -> Show, || view! { <InputSets /> }.into_any());

point!(compare, compare -> Show, || view! { <RunComparison /> }.into_any());

point!(graph, graph -> Show, || view! { <FlowGraph /> }.into_any());

point!(playground, playground -> Show, || view! { <Playground /> }.into_any());

point!(variables, variables -> Show, || view! { <VariablesEditor /> }.into_any());

point!(image, session_image -> Show, || view! { <SessionImage /> }.into_any());

point!(image, run_image -> Show, || view! { <RunImage /> }.into_any());

point!(sign_in, sign_in -> Show, || view! { <SignInPage /> }.into_any());

point!(sign_in, sign_in_with -> SignInWith, |api, token| Box::pin(sign_in_with_token(api, token)));

point!(sign_in, sign_ins -> Show, || view! { <SignInsPage /> }.into_any());

point!(download, save_file -> SaveFile, |api, path, name| Box::pin(save_file_code(api, path, name)));

point!(sessions, sessions -> Show, || view! { <SessionsPage /> }.into_any());

point!(one_session, one_session -> Show, || view! { <SessionPage /> }.into_any());

point!(connections, connections -> Show, || view! { <ConnectionsPage /> }.into_any());

point!(connection_forms, import_connections -> Show, || view! { <ImportForm /> }.into_any());

point!(connection_forms, rename_connection -> Show, || view! { <NewNameForm /> }.into_any());

point!(connection, connection -> Show, || view! { <ConnectionPage /> }.into_any());

point!(connection, mend_connection -> Show, || view! { <MendForm /> }.into_any());

point!(needs, connection_needs -> Show, || view! { <NeedsNotice /> }.into_any());

point!(node_service, node_service -> Show, || view! { <NodeService /> }.into_any());

point!(node_edit, set_node_value -> SetNodeValue, flowdeck_flow::set_node_value);

point!(shortcuts, shortcuts -> Show, || view! { <ShortcutList /> }.into_any());

point!(upgrade, upgrade -> Show, || view! { <UpgradePage /> }.into_any());

point!(upgrade_review, upgrade_review -> Show, || view! { <UpgradeReview /> }.into_any());
