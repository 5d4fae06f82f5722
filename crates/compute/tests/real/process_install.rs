//! Installs with real uv, from packages on this disk alone: what fails, why, and that the session stays as it was.

use std::{fs, path::Path, process::Command};

use crate::support::{Home, TWO_NODES, ended, over};
use flowdeck_compute::{
    LogFile, StartSession,
    engine::{
        Engine as _, EngineError, EnvironmentId, Environments as _, Requirements, WantedBase,
        WorkFolders,
    },
};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::SessionId,
    packages::{InstallCause, RuntimeVersions},
    runs::{RunRequest, RunState},
    session::{Phase, PhaseState, SessionState},
    settings::SessionSettings,
};

/// Makes wheels and a source distribution that cannot be built.
const PACKAGES: &str = r#"
import io, sys, tarfile, zipfile
def wheel(name, version, requires=()):
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}-{version}-py3-none-any.whl", "w") as z:
        info = f"{name}-{version}.dist-info"
        z.writestr(f"{name}/__init__.py", f"version = '{version}'")
        z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires))
        z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(f"{info}/RECORD", "")
def add(tar, path, text):
    entry = tarfile.TarInfo(path)
    entry.size = len(text)
    tar.addfile(entry, io.BytesIO(text.encode()))
wheel("marshmallow", "0.1"); wheel("fdalpha", "1.0"); wheel("fdalpha", "2.0"); wheel("fdbeta", "1.0", ["fdalpha<2"]); wheel("fdgamma", "1.0", ["fdalpha>=2"])
with tarfile.open(f"{sys.argv[1]}/fdbroken-1.0.tar.gz", "w:gz") as tar:
    add(tar, "fdbroken-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: fdbroken\nVersion: 1.0\n")
    add(tar, "fdbroken-1.0/pyproject.toml", '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n')
    add(tar, "fdbroken-1.0/backend.py", "def build_wheel(*a, **k):\n    raise RuntimeError('cannot find a compiler')\n")
"#;

fn make_packages(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let status = Command::new("python3")
        .args(["-c", PACKAGES])
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success());
}

/// A requirements file that looks at the packages alone.
fn requirements(packages: &Path, lines: &str) -> String {
    format!("--no-index\n--find-links {}\n{lines}\n", packages.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_names_the_requirement_and_the_cause() {
    let home = Home::new();
    let packages = home.root().join("packages");
    make_packages(&packages);
    let engine = home.engine().await;
    let environment = EnvironmentId {
        session: SessionId::try_from("s").unwrap(),
        generation: 0,
    };
    let log = LogFile::at(home.root().join("log"));
    engine
        .allocate(&environment.session, &WorkFolders::default())
        .await
        .unwrap();
    engine
        .prepare_base(&environment.session, &WantedBase::default(), &log)
        .await
        .unwrap();
    engine.create_environment(&environment).await.unwrap();

    let install = async |lines: &str| -> Result<(), EngineError> {
        fs::write(home.root().join("r.txt"), lines).unwrap();
        let file = Requirements::read(home.root(), "r.txt")?;
        engine
            .install(&environment, &file, &log, &|_| {})
            .await
            .map(|_| ())
    };
    for (lines, code, named) in [
        ("fdnowhere", "RequirementNotFound", "fdnowhere"),
        ("fdalpha==9", "VersionNotFound", "No version 9 of fdalpha"),
        ("fdalpha>=9", "VersionNotFound", "No version >=9 of fdalpha"),
        ("fdbeta\nfdgamma", "RequirementsConflict", "fdbeta"),
        (
            "fdbeta\nfdalpha==2.0",
            "RequirementsConflict",
            "fdalpha==2.0",
        ),
        ("fdbroken", "BuildFailed", "cannot find a compiler"),
        ("fdalpha ==", "RequirementInvalid", "fdalpha =="),
        ("!!!", "RequirementInvalid", "r.txt:3"),
        ("-r missing.txt", "RequirementFileMissing", "missing.txt"),
        (
            "./nowhere-1.0-py3-none-any.whl",
            "RequirementFileMissing",
            "nowhere-1.0",
        ),
    ] {
        let error = install(&requirements(&packages, lines)).await.unwrap_err();
        assert_eq!(
            error.failure.code,
            code,
            "{lines}: {error}\n{}",
            fs::read_to_string(log.path()).unwrap()
        );
        assert!(
            error.failure.message.contains(named) && !error.failure.message.contains('\n'),
            "{lines}: {error}"
        );
        assert!(error.failure.remedy.is_some(), "{lines}");
    }
    // What may be a secret of the server's isn't given to uv, so that its name stays as it stands.
    let secret = "fdalpha @ http://127.0.0.1:9/${CARGO_PKG_NAME}/fdalpha-1.0-py3-none-any.whl\n";
    let error = install(secret).await.unwrap_err();
    let told = format!("{error:?}\n{}", fs::read_to_string(log.path()).unwrap());
    let value = std::env::var("CARGO_PKG_NAME").unwrap();
    assert!(
        told.contains("CARGO_PKG_NAME") && !told.contains(&value),
        "{told}"
    );
    let unreachable = "--index-url http://127.0.0.1:9/simple\nfdalpha\n";
    assert_eq!(
        install(unreachable).await.unwrap_err().failure.code,
        "NetworkUnreachable"
    );

    fs::write(
        home.root().join("r.txt"),
        requirements(&packages, "fdalpha<2"),
    )
    .unwrap();
    let file = Requirements::read(home.root(), "r.txt").unwrap();
    assert!(!engine.satisfies(&environment, &file).await.unwrap());
    install(&requirements(&packages, "fdalpha<2"))
        .await
        .unwrap();
    assert!(engine.satisfies(&environment, &file).await.unwrap());
    let packages = engine.packages(&environment).await.unwrap();
    assert!(
        packages
            .iter()
            .any(|package| package.name == "fdalpha" && package.version == "1.0")
    );
    assert!(
        fs::read_to_string(log.path())
            .unwrap()
            .contains("+ fdalpha==1.0"),
        "the log has uv's lines"
    );
    engine.remove(&environment.session).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_install_into_a_running_session_is_whole_or_nothing() {
    let home = Home::new();
    let packages = home.root().join("packages");
    make_packages(&packages);
    let flow = home.flow("hello", &TWO_NODES);
    let uses = "from promptflow.core import tool\nimport fdalpha\n\n\n@tool\ndef loud(text: str) -> str:\n    return fdalpha.version\n";
    home.flow(
        "hello",
        &[
            ("loud.py", uses),
            ("requirements.txt", &requirements(&packages, "fdnowhere")),
        ],
    );
    let compute = home.compute(0).await;

    let operation = compute.start(&flow, StartSession::default()).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Failed
    );
    let failure = compute.session(&flow).failure.unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.phase),
        ("RequirementNotFound", Some(Phase::Install))
    );
    assert_eq!(
        crate::support::files(&home.data().join("sessions")),
        Vec::<String>::new()
    );

    fs::remove_file(home.flows().join("hello/requirements.txt")).unwrap();
    let operation = compute.start(&flow, StartSession::default()).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let run = compute.run(&flow, RunRequest::default()).unwrap();
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Failed);
    let error = run.error.unwrap();
    assert!(
        error.remedy.unwrap().contains("‘fdalpha’"),
        "{}",
        error.message
    );

    home.flow(
        "hello",
        &[("requirements.txt", &requirements(&packages, "fdalpha==7"))],
    );
    let operation = compute.install(&flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Failed
    );
    let view = compute.session(&flow);
    assert_eq!(
        (
            view.state,
            view.install.unwrap().failure.unwrap().code.as_str()
        ),
        (SessionState::Available, "VersionNotFound")
    );

    home.flow(
        "hello",
        &[("requirements.txt", &requirements(&packages, "fdalpha"))],
    );
    let operation = compute.install(&flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let view = compute.session(&flow);
    let install = view.install.unwrap();
    assert_eq!(install.state, PhaseState::Done);
    assert!(
        install.command.ends_with("-r requirements.txt"),
        "{}",
        install.command
    );
    let run = compute.run(&flow, RunRequest::default()).unwrap();
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(serde_json::json!(run.outputs)["loud"], "2.0");
    let environments = crate::support::files(
        &home
            .data()
            .join("sessions")
            .join(view.session_id.unwrap().as_str()),
    );
    assert_eq!(
        environments
            .iter()
            .filter(|name| name.starts_with("env-"))
            .collect::<Vec<_>>(),
        ["env-0", "env-1"]
    );

    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
}

/// No start ends with a runtime that doesn't start and nobody knows why.
#[tokio::test(flavor = "multi_thread")]
async fn the_runtimes_packages_stay_as_the_base_has_them() {
    let home = Home::new();
    let packages = home.root().join("packages");
    make_packages(&packages);
    let flow = home.flow("hello", &TWO_NODES);
    let require = |lines: &str| {
        let lines = requirements(&packages, lines);
        home.flow("hello", &[("requirements.txt", lines.as_str())]);
    };
    let compute = home.compute(0).await;
    let failed = async || {
        let operation = compute.start(&flow, StartSession::default()).await.unwrap();
        let result = ended(&compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Failed);
        compute.session(&flow).failure.unwrap()
    };

    require("fdalpha\npromptflow-tracing==1.17.2");
    let failure = failed().await;
    assert_eq!(failure.code, "RuntimePackagePinned", "{failure:?}");
    let fault = failure.fault.unwrap();
    assert_eq!(fault.cause, InstallCause::RuntimePackage);
    assert_eq!(fault.asked_by.unwrap().line, 4);

    let settings = SessionSettings {
        runtime_versions: RuntimeVersions::KeepBase,
        ..SessionSettings::default()
    };
    let keeping = StartSession {
        settings,
        ..StartSession::default()
    };
    let operation = compute.start(&flow, keeping).await.unwrap();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    let installed = compute.packages(&flow).await.unwrap();
    assert!(installed.iter().any(|package| package.name == "fdalpha"));
    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;

    // A package that the runtime imports.
    require("fdalpha\nmarshmallow==0.1");
    let failure = failed().await;
    assert_eq!(failure.code, "RuntimeNotStarted", "{failure:?}");
    assert!(
        failure.message.contains("marshmallow"),
        "{}",
        failure.message
    );
    assert_eq!(failure.fault.unwrap().asked_by.unwrap().line, 4);
    compute.close().await;
}
