//! Paths of the API, relative to the server's base path, so that no view or test spells one out.

use crate::{
    address::encode,
    connections::ConnectionName,
    ids::{ConversationId, FilePath, FlowId, ProjectName, RunId, SessionId},
    pictures::PictureName,
    settings::SettingsIntent,
};

/// The subscription and resource group of a self-hosted workspace.
pub const LOCAL: &str = "local";

/// `api/sign-in`: takes `{"token"}` and gives the cookie and [`crate::sign_ins::SignedIn`].
pub const SIGN_IN: &str = "api/sign-in";

/// Every sign-in; deleting it ends all of them.
pub const SIGN_INS: &str = "api/sign-ins";

/// The sign-in that the request comes with.
pub const CURRENT_SIGN_IN: &str = "api/sign-ins/current";

/// One sign-in.
#[must_use]
pub fn sign_in(id: &str) -> String {
    format!("{SIGN_INS}/{}", encode(id))
}

/// A project: flowdeck's own operations stand below it.
#[must_use]
pub fn project(project: &ProjectName) -> String {
    format!("api/projects/{}", encode(project.as_str()))
}

/// Every flow of a project.
#[must_use]
pub fn flows(project_name: &ProjectName) -> String {
    format!("{}/flows", project(project_name))
}

/// Live events of a project.
#[must_use]
pub fn project_events(project_name: &ProjectName) -> String {
    format!("{}/events", project(project_name))
}

/// One flow.
#[must_use]
pub fn flow(project_name: &ProjectName, flow: &FlowId) -> String {
    format!("{}/{}", flows(project_name), encode(flow.as_str()))
}

/// A copy of a flow (POST [`crate::managing::CloneFlow`]).
#[must_use]
pub fn flow_clone(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/clone", flow(project_name, flow_id))
}

/// Gives a flow another display name (POST [`crate::managing::RenameFlow`]).
#[must_use]
pub fn flow_rename(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/rename", flow(project_name, flow_id))
}

/// The files of a flow as a zip.
#[must_use]
pub fn flow_archive(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/archive", flow(project_name, flow_id))
}

/// What a new flow can begin as: a list of [`crate::managing::FlowTemplate`].
#[must_use]
pub fn flow_templates(project_name: &ProjectName) -> String {
    format!("{}/flow-templates", project(project_name))
}

/// Takes an archive of flows (POST, its bytes) and says what it holds: [`crate::importing::FoundFlows`]. `name` is what the
/// archive is called.
#[must_use]
pub fn flow_imports(project_name: &ProjectName, name: &str) -> String {
    format!(
        "{}/flow-imports?name={}",
        project(project_name),
        encode(name)
    )
}

/// An archive that the server keeps; DELETE forgets it.
#[must_use]
pub fn flow_import(project_name: &ProjectName, archive: &str) -> String {
    format!("{}/flow-imports/{}", project(project_name), encode(archive))
}

/// Takes a flow out of it (POST [`crate::importing::ImportFlow`]).
#[must_use]
pub fn flow_import_flows(project_name: &ProjectName, archive: &str) -> String {
    format!("{}/flows", flow_import(project_name, archive))
}

/// The flows that can be restored: [`crate::managing::DeletedFlows`]. DELETE deletes them all for good.
#[must_use]
pub fn deleted_flows(project_name: &ProjectName) -> String {
    format!("{}/deleted-flows", project(project_name))
}

/// One of them (DELETE: for good).
#[must_use]
pub fn deleted_flow(project_name: &ProjectName, deleted: &str) -> String {
    format!("{}/{}", deleted_flows(project_name), encode(deleted))
}

/// Restores one (POST).
#[must_use]
pub fn deleted_flow_restore(project_name: &ProjectName, deleted: &str) -> String {
    format!("{}/restore", deleted_flow(project_name, deleted))
}

/// Live events of a flow.
#[must_use]
pub fn flow_events(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/events", flow(project_name, flow_id))
}

/// The files of a flow.
#[must_use]
pub fn files(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/files", flow(project_name, flow_id))
}

/// One file of a flow.
#[must_use]
pub fn file(project_name: &ProjectName, flow_id: &FlowId, path: &FilePath) -> String {
    let parts: Vec<String> = path.as_str().split('/').map(encode).collect();
    format!("{}/{}", files(project_name, flow_id), parts.join("/"))
}

/// The bytes of any file of a flow, to be kept.
#[must_use]
pub fn file_contents(project_name: &ProjectName, flow_id: &FlowId, path: &FilePath) -> String {
    let parts: Vec<String> = path.as_str().split('/').map(encode).collect();
    let flow = flow(project_name, flow_id);
    format!("{flow}/file-contents/{}", parts.join("/"))
}

/// Files and folders as a zip (POST [`crate::moving_files::ArchiveFiles`]).
#[must_use]
pub fn file_archive(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/file-archive", flow(project_name, flow_id))
}

/// Makes a folder (POST [`crate::moving_files::NewFolder`]).
#[must_use]
pub fn file_folders(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/file-folders", flow(project_name, flow_id))
}

/// Gives files and folders other paths (POST [`crate::moving_files::MoveFiles`]).
#[must_use]
pub fn file_moves(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/file-moves", flow(project_name, flow_id))
}

/// The files that can be restored: [`crate::moving_files::AllDeletedFiles`]. POST [`crate::moving_files::DeleteFiles`]
/// deletes some.
#[must_use]
pub fn deleted_files(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/deleted-files", flow(project_name, flow_id))
}

/// Puts them back (POST).
#[must_use]
pub fn deleted_files_restore(
    project_name: &ProjectName,
    flow_id: &FlowId,
    deleted: &str,
) -> String {
    format!(
        "{}/{}/restore",
        deleted_files(project_name, flow_id),
        encode(deleted)
    )
}

/// A flow's session, whole (flowdeck's own view; starting and stopping go by [`sessions`]).
#[must_use]
pub fn session(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/session", flow(project_name, flow_id))
}

/// The whole log of a flow's session, as text.
#[must_use]
pub fn session_log(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/log", session(project_name, flow_id))
}

/// The history of a flow's sessions: [`crate::timeline::Timeline`].
#[must_use]
pub fn session_timeline(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/timeline", session(project_name, flow_id))
}

/// Everything that helps to find out what went wrong with a flow's session, as one archive, secrets removed.
#[must_use]
pub fn session_diagnostics(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/diagnostics", session(project_name, flow_id))
}

/// Says that a person is at work in the flow, so that its session is not idle.
#[must_use]
pub fn session_activity(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/activity", session(project_name, flow_id))
}

/// The packages of a flow's session: [`crate::packages::PackagesView`].
#[must_use]
pub fn session_packages(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/packages", session(project_name, flow_id))
}

/// Where a session's packages are not what is asked for: a list of [`crate::packages::Difference`].
///
/// The package index is asked; when nobody could look, the answer is as for [`session_install_plan`].
#[must_use]
pub fn session_packages_differences(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/differences", session_packages(project_name, flow_id))
}

/// Restores the packages that the session had before its last install (POST). Answers 202 as [`sessions`] does.
#[must_use]
pub fn session_packages_restore(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/restore", session_packages(project_name, flow_id))
}

/// What an install would do (POST, without a body): [`crate::packages::InstallPlan`].
///
/// When there is no such plan, 409 or 503 with what the install would fail with; see
/// [`crate::error::RootError::install_fault`].
#[must_use]
pub fn session_install_plan(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/install-plan", session(project_name, flow_id))
}

/// Tests the feeds that the requirements file names (POST): [`crate::feeds::FeedTestRequest`],
/// [`crate::feeds::FeedTest`].
#[must_use]
pub fn session_feeds_test(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/feeds/test", session(project_name, flow_id))
}

/// The packages whose names are known (GET): [`crate::feeds::KnownPackages`].
#[must_use]
pub fn known_packages(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/packages", flow(project_name, flow_id))
}

/// Looks a package up in the indexes of an install (POST): [`crate::feeds::PackageQuestion`],
/// [`crate::feeds::PackageAnswer`].
#[must_use]
pub fn package_look_up(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/look-up", known_packages(project_name, flow_id))
}

/// The install in progress: DELETE cancels it, once or more often. Installing goes by [`sessions`].
#[must_use]
pub fn session_install(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/install", session(project_name, flow_id))
}

/// Starts a session with [`crate::settings::SessionSettings`], or changes the one that runs to them (PUT).
///
/// Answers 202 as [`sessions`] does. Another idle shutdown leaves the session as it is; another compute or base image
/// resets it.
#[must_use]
pub fn session_settings(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/settings", session(project_name, flow_id))
}

/// As [`session_settings`], for one of the two alone: refused where the session's state asks for the other.
#[must_use]
pub fn session_settings_to(
    project_name: &ProjectName,
    flow_id: &FlowId,
    intent: SettingsIntent,
) -> String {
    let path = session_settings(project_name, flow_id);
    format!("{path}?intent={}", intent.as_str())
}

/// What would happen if a session were started so: takes [`crate::settings::SessionSettings`].
#[must_use]
pub fn session_preflight(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/preflight", session(project_name, flow_id))
}

/// Named settings kept in the flow folder.
#[must_use]
pub fn presets(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/presets", flow(project_name, flow_id))
}

/// One preset.
#[must_use]
pub fn preset(project_name: &ProjectName, flow_id: &FlowId, name: &str) -> String {
    format!("{}/{}", presets(project_name, flow_id), encode(name))
}

/// Every compute session of a project: [`crate::sessions::SessionList`].
#[must_use]
pub fn all_sessions(project_name: &ProjectName) -> String {
    format!("{}/sessions", project(project_name))
}

/// Compute sessions that have ended: [`crate::sessions::EndedSessions`].
#[must_use]
pub fn ended_sessions(project_name: &ProjectName) -> String {
    format!("{}/ended", all_sessions(project_name))
}

/// Live events of the list of compute sessions.
#[must_use]
pub fn all_sessions_events(project_name: &ProjectName) -> String {
    format!("{}/events", all_sessions(project_name))
}

/// One compute session by its id, whether a flow's or not.
#[must_use]
pub fn session_by_id(project_name: &ProjectName, session: &SessionId) -> String {
    format!(
        "{}/{}",
        all_sessions(project_name),
        encode(session.as_str())
    )
}

/// The whole log of a compute session, as text.
#[must_use]
pub fn session_by_id_log(project_name: &ProjectName, session: &SessionId) -> String {
    format!("{}/log", session_by_id(project_name, session))
}

/// The history of a compute session, also after its end: [`crate::timeline::Timeline`].
#[must_use]
pub fn session_by_id_timeline(project_name: &ProjectName, session: &SessionId) -> String {
    format!("{}/timeline", session_by_id(project_name, session))
}

/// Everything that helps to find out what went wrong with a compute session, as one archive, secrets removed.
#[must_use]
pub fn session_by_id_diagnostics(project_name: &ProjectName, session: &SessionId) -> String {
    format!("{}/diagnostics", session_by_id(project_name, session))
}

/// Live events of a compute session: [`crate::events::FlowEvent`], as for a flow.
#[must_use]
pub fn session_by_id_events(project_name: &ProjectName, session: &SessionId) -> String {
    format!("{}/events", session_by_id(project_name, session))
}

/// The connections of a project: [`crate::connections::ConnectionList`].
#[must_use]
pub fn connections(project_name: &ProjectName) -> String {
    format!("{}/connections", project(project_name))
}

/// One connection (GET, PUT [`crate::connections::ConnectionInput`], DELETE).
#[must_use]
pub fn connection(project_name: &ProjectName, name: &ConnectionName) -> String {
    format!("{}/{}", connections(project_name), encode(name.as_str()))
}

/// Gives a connection another name (POST [`crate::connections::RenameRequest`]).
#[must_use]
pub fn connection_rename(project_name: &ProjectName, name: &ConnectionName) -> String {
    format!("{}/rename", connection(project_name, name))
}

/// Restores a connection that was deleted less than a day ago (POST).
#[must_use]
pub fn connection_restore(project_name: &ProjectName, name: &ConnectionName) -> String {
    format!("{}/restore", connection(project_name, name))
}

/// Calls the connection's service once (POST): [`crate::connections::TestResult`].
#[must_use]
pub fn connection_test(project_name: &ProjectName, name: &ConnectionName) -> String {
    format!("{}/test", connection(project_name, name))
}

/// A connection as promptflow's YAML, each secret as `${env:…}`.
#[must_use]
pub fn connection_export(project_name: &ProjectName, name: &ConnectionName) -> String {
    format!("{}/export", connection(project_name, name))
}

/// Reads connections from a text (POST [`crate::connections::ImportRequest`]).
#[must_use]
pub fn connections_import(project_name: &ProjectName) -> String {
    format!("{}/connection-import", project(project_name))
}

/// Reads promptflow's own store of connections, `pf.sqlite` (POST its bytes): the text to import, secrets left open.
#[must_use]
pub fn connections_local_store(project_name: &ProjectName) -> String {
    format!("{}/local-store", connections_import(project_name))
}

/// Looks for model servers on the server's machine (POST): [`crate::connections::ModelServers`].
#[must_use]
pub fn model_servers(project_name: &ProjectName) -> String {
    format!("{}/model-servers", project(project_name))
}

/// The connections that a flow asks for: a list of [`crate::connections::ConnectionNeed`].
#[must_use]
pub fn flow_connections(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/connections", flow(project_name, flow_id))
}

/// What models cost: [`crate::prices::Prices`].
#[must_use]
pub fn prices(project_name: &ProjectName) -> String {
    format!("{}/prices", project(project_name))
}

/// What there is to choose from for a session.
#[must_use]
pub fn compute_options(project_name: &ProjectName) -> String {
    format!("{}/compute-options", project(project_name))
}

/// As [`compute_options`], for the session of a flow: what it has now counts as available.
#[must_use]
pub fn compute_options_for(project_name: &ProjectName, flow_id: &FlowId) -> String {
    let flow = encode(flow_id.as_str());
    format!("{}?flow={flow}", compute_options(project_name))
}

/// Starts a compute instance that is stopped (POST).
#[must_use]
pub fn instance_start(project_name: &ProjectName, instance: &str) -> String {
    format!(
        "{}/instances/{}/start",
        project(project_name),
        encode(instance)
    )
}

/// The runs of a flow.
#[must_use]
pub fn runs(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/runs", flow(project_name, flow_id))
}

/// One run.
#[must_use]
pub fn run(project_name: &ProjectName, flow_id: &FlowId, run: &RunId) -> String {
    format!("{}/{run}", runs(project_name, flow_id))
}

/// One call of a model: takes [`crate::playground::ModelCallRequest`], and gives a line of JSON for each
/// [`crate::playground::ModelCallEvent`]. It ends when whoever asked leaves.
#[must_use]
pub fn model_calls(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/model-calls", flow(project_name, flow_id))
}

/// Cancels a run.
#[must_use]
pub fn run_cancel(project_name: &ProjectName, flow_id: &FlowId, run_id: &RunId) -> String {
    format!("{}/cancel", run(project_name, flow_id, run_id))
}

/// The whole result of a run, as the runtime gave it.
#[must_use]
pub fn run_result(project_name: &ProjectName, flow_id: &FlowId, run_id: &RunId) -> String {
    format!("{}/result", run(project_name, flow_id, run_id))
}

/// The pictures that are kept for a flow's inputs: takes the bytes of one, and gives [`crate::pictures::KeptPicture`].
#[must_use]
pub fn flow_pictures(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/pictures", flow(project_name, flow_id))
}

/// One of them.
#[must_use]
pub fn flow_picture(project_name: &ProjectName, flow_id: &FlowId, name: &PictureName) -> String {
    format!("{}/{}", flow_pictures(project_name, flow_id), name.as_str())
}

/// What a run of a node alone would be given of other nodes: see [`crate::runs::UpstreamOutput`].
#[must_use]
pub fn node_upstream(project_name: &ProjectName, flow_id: &FlowId, node: &str) -> String {
    let flow = flow(project_name, flow_id);
    format!("{flow}/nodes/{}/upstream", encode(node))
}

/// The files of the flow as a run found them.
#[must_use]
pub fn run_files(project_name: &ProjectName, flow_id: &FlowId, run_id: &RunId) -> String {
    format!("{}/files", run(project_name, flow_id, run_id))
}

/// A picture that a run made, by the name of its file: see [`crate::pictures::Picture::OfRun`].
#[must_use]
pub fn run_picture(
    project_name: &ProjectName,
    flow_id: &FlowId,
    run_id: &RunId,
    file: &str,
) -> String {
    format!(
        "{}/pictures/{}",
        run(project_name, flow_id, run_id),
        encode(file)
    )
}

/// The whole log of a run, as text.
#[must_use]
pub fn run_log(project_name: &ProjectName, flow_id: &FlowId, run_id: &RunId) -> String {
    format!("{}/log", run(project_name, flow_id, run_id))
}

/// The conversations with a chat flow: GET [`crate::conversations::ConversationList`]; POST
/// [`crate::conversations::Question`] begins one, and gives [`crate::conversations::Asked`].
#[must_use]
pub fn conversations(project_name: &ProjectName, flow_id: &FlowId) -> String {
    format!("{}/conversations", flow(project_name, flow_id))
}

/// One conversation: GET [`crate::conversations::Conversation`], DELETE.
#[must_use]
pub fn conversation(
    project_name: &ProjectName,
    flow_id: &FlowId,
    conversation: &ConversationId,
) -> String {
    format!("{}/{conversation}", conversations(project_name, flow_id))
}

/// Asks a question in a conversation (POST [`crate::conversations::Question`]): [`crate::conversations::Asked`].
#[must_use]
pub fn conversation_turns(
    project_name: &ProjectName,
    flow_id: &FlowId,
    id: &ConversationId,
) -> String {
    format!("{}/turns", conversation(project_name, flow_id, id))
}

/// The history that goes with the next question: a list, as the flow's input takes it.
#[must_use]
pub fn conversation_history(
    project_name: &ProjectName,
    flow_id: &FlowId,
    id: &ConversationId,
) -> String {
    format!("{}/history", conversation(project_name, flow_id, id))
}

/// Gives a conversation another name (POST [`crate::conversations::ConversationRename`]).
#[must_use]
pub fn conversation_rename(
    project_name: &ProjectName,
    flow_id: &FlowId,
    id: &ConversationId,
) -> String {
    format!("{}/rename", conversation(project_name, flow_id, id))
}

/// Undoes the deletion of a conversation, within a day (POST): [`crate::conversations::ConversationSummary`].
#[must_use]
pub fn conversation_restore(
    project_name: &ProjectName,
    flow_id: &FlowId,
    id: &ConversationId,
) -> String {
    format!("{}/restore", conversation(project_name, flow_id, id))
}

/// The public contract's workspace: its operations stand below it.
#[must_use]
pub fn workspace(project: &ProjectName) -> String {
    format!(
        "flow/api/subscriptions/{LOCAL}/resourceGroups/{LOCAL}/providers/Microsoft.MachineLearningServices/workspaces/{}",
        encode(project.as_str())
    )
}

/// The public contract's session of a flow: POST sets it up, DELETE ends it.
#[must_use]
pub fn sessions(project: &ProjectName, flow: &FlowId) -> String {
    format!(
        "{}/Flows/{}/sessions",
        workspace(project),
        encode(flow.as_str())
    )
}

/// The public contract's session of this id: GET tells of it, DELETE ends it.
#[must_use]
pub fn flow_session(project: &ProjectName, session: &SessionId) -> String {
    format!(
        "{}/FlowSessions/{}",
        workspace(project),
        encode(session.as_str())
    )
}

/// The public contract's runtimes of compute instances, from before there were compute sessions.
#[must_use]
pub fn flow_runtimes(project: &ProjectName) -> String {
    format!("{}/FlowRuntimes", workspace(project))
}

/// The public contract's runtime of this name.
#[must_use]
pub fn flow_runtime(project: &ProjectName, runtime: &str) -> String {
    format!("{}/{}", flow_runtimes(project), encode(runtime))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_within_their_segment() {
        let project = ProjectName::try_from("default").unwrap();
        let flow = FlowId::try_from("50% <b>?#").unwrap();
        let path = FilePath::try_from("a b/c&d.py").unwrap();
        assert_eq!(
            file(&project, &flow, &path),
            "api/projects/default/flows/50%25%20%3Cb%3E%3F%23/files/a%20b/c%26d.py"
        );
    }
}
