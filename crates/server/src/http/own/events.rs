//! Live events, as server-sent events.

use std::convert::Infallible;

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use flowdeck_compute::Owner;
use flowdeck_contract::{
    error::ErrorResponse,
    events::{FlowEvent, HEARTBEAT, ProjectEvent},
    sessions::SessionList,
};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream, Stream},
};
use tokio_util::sync::CancellationToken;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, ProjectPath, SessionPath};
use crate::{
    App,
    events::{FlowHub, FlowReader, LiveList, Sent},
    http::{
        error::{ApiError, ApiResult},
        extract::Path,
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(project_events))
        .routes(routes!(session_list_events))
        .routes(routes!(flow_events))
        .routes(routes!(session_events))
}

type Events =
    Sse<axum::response::sse::KeepAliveStream<BoxStream<'static, Result<Event, Infallible>>>>;

/// The project's flows: all of them first, and again at each change.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/events",
    operation_id = "streamProjectEvents",
    tag = "events",
    params(ProjectPath),
    responses(
        (status = OK, description = "Each event's data is a ProjectEvent", body = ProjectEvent, content_type = "text/event-stream"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn project_events(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Events> {
    app.require_project(&path.project)?;
    follow(&app, &app.lists.flow_list).await
}

/// The project's compute sessions: all of them first, and again at each change.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/events",
    operation_id = "streamSessionListEvents",
    tag = "events",
    params(ProjectPath),
    responses(
        (status = OK, description = "Each event's data is a SessionList", body = SessionList, content_type = "text/event-stream"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn session_list_events(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Events> {
    app.require_project(&path.project)?;
    follow(&app, &app.lists.session_list).await
}

async fn follow(app: &App, list: &LiveList) -> ApiResult<Events> {
    let news = list.subscribe();
    let first = list.current().await?;
    let hub = app.hub.clone();
    let json = first.json.clone();
    let later = stream::unfold((news, json), |(mut news, mut last)| async move {
        loop {
            news.changed().await.ok()?;
            let newest = news.borrow_and_update().clone();
            // The first list may be as new already.
            if let Some(sent) = newest.filter(|sent| sent.json != last) {
                last = sent.json.clone();
                return Some((sent, (news, last)));
            }
        }
    });
    let events = stream::once(async { first })
        .chain(later)
        .map(move |sent| event(&hub, &sent));
    Ok(answer(events, app.closing.clone()))
}

/// What happens to a flow: a snapshot first, unless `last-event-id` resumes the stream.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/events",
    operation_id = "streamFlowEvents",
    tag = "events",
    params(FlowPath, ("last-event-id" = Option<String>, Header, description = "The id of the last event that was received")),
    responses(
        (status = OK, description = "Each event's data is a FlowEvent", body = FlowEvent, content_type = "text/event-stream"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn flow_events(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    headers: HeaderMap,
) -> ApiResult<Events> {
    app.require_flow(&path.project, &path.flow).await?;
    read(&app, &Owner::Flow(path.flow), &headers).await
}

/// What happens to a session, whether a flow's or not: the events of its flow, or of nothing but it.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/{session}/events",
    operation_id = "streamSessionEvents",
    tag = "events",
    params(SessionPath, ("last-event-id" = Option<String>, Header, description = "The id of the last event that was received")),
    responses(
        (status = OK, description = "Each event's data is a FlowEvent", body = FlowEvent, content_type = "text/event-stream"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn session_events(
    State(app): State<App>,
    Path(path): Path<SessionPath>,
    headers: HeaderMap,
) -> ApiResult<Events> {
    let owner = app.session_owner(&path.project, &path.session)?;
    read(&app, &owner, &headers).await
}

async fn read(app: &App, owner: &Owner, headers: &HeaderMap) -> ApiResult<Events> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    app.compute.looked_at(owner);
    let mut reader = FlowReader::new(&app.hub, &app.compute, owner, last);
    let first = reader.first().await?;
    let hub = app.hub.clone();
    let later = stream::unfold(reader, |mut reader| async move {
        match reader.next().await {
            Ok(sent) => Some((sent, reader)),
            Err(error) => {
                // The client connects again and then learns what is wrong.
                log_broken_stream(&error);
                None
            }
        }
    });
    let events = stream::iter(first)
        .chain(later)
        .map(move |sent| event(&hub, &sent));
    Ok(answer(events, app.closing.clone()))
}

fn log_broken_stream(error: &ApiError) {
    tracing::error!(?error, "a flow's events could not be read");
}

fn event(hub: &FlowHub, sent: &Sent) -> Event {
    Event::default().id(hub.id(sent.number)).data(&*sent.json)
}

fn answer(
    events: impl Stream<Item = Event> + Send + 'static,
    closing: CancellationToken,
) -> Events {
    let events = events.map(Ok).take_until(closing.cancelled_owned()).boxed();
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
