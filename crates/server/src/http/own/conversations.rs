//! Conversations with chat flows.

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_contract::{
    Exact,
    conversations::{
        Asked, Conversation, ConversationList, ConversationRename, ConversationSummary, Question,
    },
    error::ErrorResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ConversationPath, FlowPath};
use crate::{
    App,
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(conversations, begin))
        .routes(routes!(conversation, delete))
        .routes(routes!(ask))
        .routes(routes!(history))
        .routes(routes!(rename))
        .routes(routes!(restore))
}

/// The conversations with a flow; the one that changed last comes first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/conversations",
    operation_id = "listConversations",
    tag = "conversations",
    params(FlowPath),
    responses(
        (status = OK, body = ConversationList),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn conversations(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<ConversationList>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let conversations = move || Ok(compute.conversations(&path.flow)?);
    let conversations = crate::blocking(conversations).await?;
    Ok(Json(ConversationList { conversations }))
}

/// Begins a conversation with a question. Answers at once; the flow's events tell the answer as it comes.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/conversations",
    operation_id = "startConversation",
    tag = "conversations",
    params(FlowPath),
    request_body = Question,
    responses(
        (status = CREATED, description = "The question was asked", body = Asked),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn begin(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(question): extract::Json<Question>,
) -> ApiResult<(StatusCode, Json<Asked>)> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let asked = move || Ok(compute.ask(&path.flow, None, question)?);
    let asked = crate::blocking(asked).await?;
    Ok((StatusCode::CREATED, Json(asked)))
}

/// A conversation, whole.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}",
    operation_id = "getConversation",
    tag = "conversations",
    params(ConversationPath),
    responses((status = OK, body = Conversation), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn conversation(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
) -> ApiResult<Json<Conversation>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let whole = move || Ok(compute.conversation(&path.flow, &path.conversation)?);
    crate::blocking(whole).await.map(Json)
}

/// Deletes a conversation. The runs that answered it stay in the run history.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}",
    operation_id = "deleteConversation",
    tag = "conversations",
    params(ConversationPath),
    responses((status = NO_CONTENT), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn delete(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
) -> ApiResult<StatusCode> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let deleted = move || Ok(compute.delete_conversation(&path.flow, &path.conversation)?);
    crate::blocking(deleted).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a question in a conversation: after all that was said, or in the place of an earlier question, which drops what
/// follows it. Answers at once; the flow's events tell the answer as it comes.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}/turns",
    operation_id = "askQuestion",
    tag = "conversations",
    params(ConversationPath),
    request_body = Question,
    responses(
        (status = CREATED, description = "The question was asked", body = Asked),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn ask(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
    extract::Json(question): extract::Json<Question>,
) -> ApiResult<(StatusCode, Json<Asked>)> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let asked = move || Ok(compute.ask(&path.flow, Some(&path.conversation), question)?);
    let asked = crate::blocking(asked).await?;
    Ok((StatusCode::CREATED, Json(asked)))
}

/// The history that goes with the next question, as the flow's input takes it.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}/history",
    operation_id = "getConversationHistory",
    tag = "conversations",
    params(ConversationPath),
    responses(
        (status = OK, description = "The history", body = Vec<Object>),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn history(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
) -> ApiResult<Json<Exact>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let history = move || Ok(compute.chat_history(&path.flow, &path.conversation)?);
    crate::blocking(history).await.map(Json)
}

/// Gives a conversation another name.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}/rename",
    operation_id = "renameConversation",
    tag = "conversations",
    params(ConversationPath),
    request_body = ConversationRename,
    responses(
        (status = OK, body = ConversationSummary),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn rename(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
    extract::Json(asked): extract::Json<ConversationRename>,
) -> ApiResult<Json<ConversationSummary>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let renamed =
        move || Ok(compute.rename_conversation(&path.flow, &path.conversation, &asked.name)?);
    crate::blocking(renamed).await.map(Json)
}

/// Undoes the deletion of a conversation, within a day.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/conversations/{conversation}/restore",
    operation_id = "restoreConversation",
    tag = "conversations",
    params(ConversationPath),
    responses(
        (status = OK, body = ConversationSummary),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn restore(
    State(app): State<App>,
    Path(path): Path<ConversationPath>,
) -> ApiResult<Json<ConversationSummary>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let restored = move || Ok(compute.restore_conversation(&path.flow, &path.conversation)?);
    crate::blocking(restored).await.map(Json)
}
