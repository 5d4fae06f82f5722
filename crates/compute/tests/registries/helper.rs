//! The user's own identity: what `docker login` has left.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flowdeck_compute::{
    Identities, Secret,
    identity::{DockerStore, IdentityError, ManagedIdentityEndpoint, Proof},
};
use serde_json::{Value, json};

fn identities(store: DockerStore) -> Identities {
    Identities::new(ManagedIdentityEndpoint::of_environment(), store)
}

async fn found(folder: &Path, host: &str) -> Result<Proof, IdentityError> {
    let identities = identities(DockerStore::at(folder));
    Ok(identities.for_registry(None, host).await?.proof)
}

fn write(folder: &Path, config: &Value) {
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
}

fn password(user: &str, password: &str) -> Proof {
    Proof::Password {
        user: user.to_owned(),
        password: Secret::new(password.to_owned()),
    }
}

#[tokio::test]
async fn what_docker_login_wrote_into_its_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        found(folder.path(), "a.example").await.unwrap(),
        Proof::Nothing
    );
    let auth = |text: &str| json!({"auth": STANDARD.encode(text)});
    write(
        folder.path(),
        &json!({"auths": {
            "a.example:5000": auth("u:p:q"),
            "https://b.example/v1/": auth("b:c"),
            "https://index.docker.io/v1/": auth("hub:secret"),
            "c.azurecr.io": {"auth": STANDARD.encode("00000000-0000-0000-0000-000000000000:"), "identitytoken": "t"},
            "d.example": {},
            "e.example": {"auth": "canary!"},
        }}),
    );
    for (host, expected) in [
        ("a.example:5000", password("u", "p:q")),
        ("a.example", Proof::Nothing),
        ("b.example", password("b", "c")),
        ("docker.io", password("hub", "secret")),
        (
            "c.azurecr.io",
            Proof::IdentityToken(Secret::new("t".to_owned())),
        ),
        ("d.example", Proof::Nothing),
    ] {
        assert_eq!(
            found(folder.path(), host).await.unwrap(),
            expected,
            "{host}"
        );
    }
    let error = found(folder.path(), "e.example").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    fs::write(
        folder.path().join("config.json"),
        "{\"auths\": {\"x\": \"canary",
    )
    .unwrap();
    let error = found(folder.path(), "a.example").await.unwrap_err();
    assert_eq!(error.code(), "DockerCredentialStoreFailed");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

/// Run in a process of its own, whose `PATH` has the helpers.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn asks_helpers() {
    let identities = identities(DockerStore::of_environment());
    let proof =
        async |host| Ok::<_, IdentityError>(identities.for_registry(None, host).await?.proof);
    let token = Proof::IdentityToken(Secret::new("canary-of-helper".to_owned()));
    assert_eq!(proof("token.example").await.unwrap(), token);
    assert_eq!(
        proof("all.example").await.unwrap(),
        password("all.example", "canary-of-helper")
    );
    assert_eq!(proof("none.example").await.unwrap(), Proof::Nothing);
    for (host, why) in [
        ("broken.example", "ended with exit status: 3"),
        ("gone.example", "No such file or directory"),
    ] {
        let error = proof(host).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(why) && !text.contains("canary"), "{text}");
    }
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(format!("docker-credential-{name}"));
    fs::write(&path, format!("#!/bin/sh\nset -e\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn helpers_are_asked_by_their_protocol_and_given_none_of_the_servers_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // They write down how they were called before they answer.
    let seen = here.join("seen").display().to_string();
    let note = format!(
        "tr '\\0' '\\n' < /proc/$$/environ >> {seen}; tr '\\0' ' ' < /proc/$$/cmdline >> {seen}; read -r host || true"
    );
    program(
        here,
        "all",
        &format!(
            "{note}\n[ \"$host\" != none.example ] || {{ echo 'credentials not found in native keychain'; exit 1; }}\nprintf '{{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"canary-of-helper\"}}' \"$host\" \"$host\""
        ),
    );
    program(
        here,
        "token",
        &format!(
            "{note}\necho '{{\"ServerURL\":\"x\",\"Username\":\"<token>\",\"Secret\":\"canary-of-helper\"}}'"
        ),
    );
    program(here, "broken", "echo canary; echo canary >&2; exit 3");
    write(
        here,
        &json!({"credsStore": "all", "auths": {"none.example": {}}, "credHelpers": {
            "token.example": "token", "broken.example": "broken", "gone.example": "gone"
        }}),
    );
    let path = format!("{}:{}", here.display(), std::env::var("PATH").unwrap());
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper::asks_helpers", "--ignored"])
        .env("PATH", path)
        .env("DOCKER_CONFIG", here)
        .env("FLOWDECK_CREDENTIAL", "canary-variable")
        .env("IDENTITY_HEADER", "canary-header")
        // What counts tests reads what is printed there.
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let seen = fs::read_to_string(seen).unwrap();
    assert!(
        seen.contains(" get ") && seen.contains("DOCKER_CONFIG="),
        "{seen}"
    );
    assert!(!seen.contains("canary"), "{seen}");
}
