//! Packages of a session: their list, a plan, canceling and going back.

use axum::http::{Method, StatusCode};
use flowdeck_compute::{engine::EngineError, fake::Step};
use flowdeck_contract::{
    error::ErrorResponse,
    packages::{Difference, InstallCause, InstallPlan, PackagesView},
};

use crate::{stream::Events, world::World};

const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSION: &str = "/api/projects/default/flows/greeter/session";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";

async fn ask(world: &World, body: &'static str) {
    let json = [("content-type", "application/json")];
    let answer = world.call(Method::POST, SESSIONS, &json, body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn packages_are_told_planned_installed_and_restored() {
    let world = World::new().await;
    let differences = format!("{SESSION}/packages/differences");
    let restore = format!("{SESSION}/packages/restore");
    let plan = format!("{SESSION}/install-plan");
    let install = format!("{SESSION}/install");
    for (method, path) in [
        (Method::GET, format!("{SESSION}/packages")),
        (Method::GET, differences.clone()),
        (Method::POST, plan.clone()),
        (Method::DELETE, install.clone()),
        (Method::POST, restore.clone()),
    ] {
        let answer = world.call(method, &path, &[], "").await;
        assert_eq!(
            answer.refused(StatusCode::CONFLICT),
            "SessionStateConflict",
            "{path}"
        );
    }
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    ask(&world, "{}").await;
    events.until_session("available").await;

    world.write("flows/greeter/requirements.txt", "alpha==2\n");
    let answer = world.call(Method::POST, &plan, &[], "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let planned: InstallPlan = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(planned.changes.len(), 1, "{planned:?}");
    let missing = EngineError::new("RequirementNotFound", "There is none.").about(["alpha"]);
    world.engine.fail(Step::DryRun, missing);
    let answer = world.call(Method::POST, &plan, &[], "").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let error: ErrorResponse = serde_json::from_value(answer.json()).unwrap();
    let fault = error.error.install_fault().unwrap();
    assert_eq!(fault.cause, InstallCause::NotFound);
    assert_eq!(fault.asked_by.unwrap().line, 1);
    world.engine.recover();

    world.engine.hang(Step::Install);
    ask(&world, r#"{"action": "Install"}"#).await;
    for _ in 0..2 {
        let canceled = world.call(Method::DELETE, &install, &[], "").await;
        assert_eq!(canceled.status, StatusCode::NO_CONTENT);
    }
    world.engine.recover();
    let answer = world.get(&format!("{SESSION}/packages")).await;
    let view: PackagesView = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(view.restorable, None);
    let answer = world.get(&differences).await;
    let differences: Vec<Difference> = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    let nothing = world.call(Method::POST, &restore, &[], "").await;
    assert_eq!(
        nothing.refused(StatusCode::CONFLICT),
        "SessionStateConflict"
    );
}
