//! Packages of a session: their list, a plan, canceling and going back.

use axum::http::{Method, StatusCode};
use flowdeck_compute::{engine::EngineError, fake::Step};
use flowdeck_contract::settings::{CheckOutcome, Preflight};
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

async fn preflight(world: &World) -> Preflight {
    let json = [("content-type", "application/json")];
    let path = format!("{SESSION}/preflight");
    let answer = world.call(Method::POST, &path, &json, "{}").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_value(answer.json()).unwrap()
}

/// What no installer can read, and a file that is missing, is told by preflight, plan, install and start alike: with its
/// line and what would mend it.
#[tokio::test]
async fn what_cannot_be_installed_is_told_by_everybody_with_its_line() {
    let world = World::new().await;
    let plan = format!("{SESSION}/install-plan");
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    ask(&world, "{}").await;
    events.until_session("available").await;
    for (lines, cause, line, named) in [
        (
            "# x\ncolorama\u{a0}==0.4.6\n",
            InstallCause::Unreadable,
            2,
            None,
        ),
        (
            "flask\n_libgcc_mutex=0.1=main\n",
            InstallCause::Unreadable,
            2,
            None,
        ),
        (
            "a==1 --hash=sha256:00\nb==1\n",
            InstallCause::Unreadable,
            2,
            None,
        ),
        (
            "flask\n-r deps/none.txt\n",
            InstallCause::FileMissing,
            2,
            Some("deps/none.txt"),
        ),
    ] {
        world.write("flows/greeter/requirements.txt", lines);
        let found = preflight(&world).await;
        let check = found.checks.iter().find(|check| check.fault.is_some());
        let check = check.unwrap_or_else(|| panic!("{lines}: {found:?}"));
        assert_eq!(check.outcome, CheckOutcome::Failure);
        assert!(
            check.message.contains("requirements.txt, line 2"),
            "{}",
            check.message
        );
        let mut faults = vec![check.fault.clone().unwrap()];
        let json = [("content-type", "application/json")];
        let planned = world.call(Method::POST, &plan, &[], "").await;
        let install = r#"{"action": "Install", "intent": "install"}"#;
        let installed = world.call(Method::POST, SESSIONS, &json, install).await;
        for answer in [planned, installed] {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
            let error: ErrorResponse = serde_json::from_value(answer.json()).unwrap();
            faults.push(error.error.install_fault().unwrap());
        }
        for fault in faults {
            assert_eq!(fault.cause, cause, "{lines}");
            assert_eq!(fault.requirement.as_deref(), named, "{lines}");
            let asked_by = fault.asked_by.unwrap();
            assert_eq!((&*asked_by.file, asked_by.line), ("requirements.txt", line));
        }
        let view = world.get(&format!("{SESSION}/packages")).await;
        assert_eq!(view.status, StatusCode::OK, "what is there can be seen");
    }
}

/// A session of requirements that can't be read never starts without them.
#[tokio::test]
async fn a_start_says_which_line_keeps_it_from_starting() {
    let world = World::new().await;
    world.write("flows/greeter/requirements.txt", "flask\n-r none.txt\n");
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    ask(&world, "{}").await;
    let session = events.until_session("failed").await;
    let fault = &session["failure"]["fault"];
    assert_eq!(fault["cause"], "fileMissing", "{session}");
    assert_eq!(fault["requirement"], "none.txt");
    assert_eq!(fault["askedBy"]["line"], 2);
}

/// A version of prompt flow's runtime that the base doesn't have is refused before anything is installed, at its line, by
/// everybody; with the base's versions kept, everything goes on.
#[tokio::test]
async fn an_old_pin_of_the_runtime_is_told_and_the_base_can_be_kept() {
    let world = World::new().await;
    world.engine.set_base(&[
        "promptflow-core==1.18.5",
        "promptflow==1.18.5",
        "openai==1.5",
    ]);
    let lines = "alpha==2\nopenai==0.28\npromptflow==1.17.2\n";
    world.write("flows/greeter/requirements.txt", lines);
    let found = preflight(&world).await;
    let check = found.checks.iter().find(|check| check.fault.is_some());
    let check = check.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(check.outcome, CheckOutcome::Failure);
    assert!(
        check.message.contains("promptflow 1.18.5 of the base"),
        "{}",
        check.message
    );

    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    ask(&world, "{}").await;
    let session = events.until_session("failed").await;
    let failure = &session["failure"];
    assert_eq!(failure["code"], "RuntimePackagePinned", "{session}");
    assert_eq!(failure["fault"]["cause"], "runtimePackage");
    assert_eq!(failure["fault"]["askedBy"]["line"], 3);

    ask(&world, r#"{"runtimeVersions": "keepBase"}"#).await;
    let session = events.until_session("available").await;
    assert_eq!(
        session["settings"]["runtimeVersions"], "keepBase",
        "{session}"
    );
    let view: PackagesView =
        serde_json::from_value(world.get(&format!("{SESSION}/packages")).await.json()).unwrap();
    let version = |name: &str| {
        let package = view.packages.iter().find(|package| package.name == name);
        package.map(|package| package.version.clone())
    };
    assert_eq!(version("promptflow").as_deref(), Some("1.18.5"));
    assert_eq!(version("alpha").as_deref(), Some("2"));

    let plan = format!("{SESSION}/install-plan");
    let answer = world.call(Method::POST, &plan, &[], "").await;
    let planned: InstallPlan = serde_json::from_value(answer.json()).unwrap();
    let told: Vec<_> = planned
        .warnings
        .iter()
        .map(|warning| (&*warning.message, warning.asked_by.as_ref().unwrap().line))
        .collect();
    assert_eq!(
        told,
        [
            ("promptflow: the base’s version is kept.", 3),
            ("openai: 0.28 replaces 1.5 of the base packages.", 2),
        ]
    );
    let as_asked = format!("{plan}?runtimeVersions=asAsked");
    let answer = world.call(Method::POST, &as_asked, &[], "").await;
    assert_eq!(answer.refused(StatusCode::CONFLICT), "RuntimePackagePinned");
}
