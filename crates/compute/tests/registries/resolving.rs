//! What images there are, and what there is not.

use flowdeck_compute::{identity::Credential, registry::RegistryError};

use crate::{
    images::{Authorization, Pusher},
    password,
    real::{Access, PULLER, RealRegistry},
    resolve,
};

#[tokio::test]
async fn an_image_is_found_by_tag_and_digest_with_its_size_and_platforms() {
    let Some(registry) = RealRegistry::start(&Access::Open) else {
        return;
    };
    let host = &registry.host;
    let pusher = Pusher::new(host, "team/app", Authorization::Nothing);
    let one = pusher.image("linux/amd64", Some("1.0")).await;
    let nobody = Credential::anonymous();
    for reference in [
        ":1.0".to_owned(),
        format!("@{}", one.digest),
        format!(":1.0@{}", one.digest),
    ] {
        let found = resolve(&format!("{host}/team/app{reference}"), &nobody)
            .await
            .unwrap();
        assert_eq!(
            (&found.digest, found.size, found.layers),
            (&one.digest, one.size, 2)
        );
        let platforms: Vec<String> = found.platforms.iter().map(ToString::to_string).collect();
        assert_eq!(platforms, ["linux/amd64"]);
    }
    let arm = pusher.image("linux/arm64", None).await;
    let index = pusher.index(&[arm, one], "many").await;
    let found = resolve(&format!("{host}/team/app:many"), &nobody)
        .await
        .unwrap();
    assert_eq!(
        (&found.digest, found.size, found.layers),
        (&index.digest, 3005, 2)
    );
    let platforms: Vec<String> = found.platforms.iter().map(ToString::to_string).collect();
    assert_eq!(platforms, ["linux/arm64", "linux/amd64"]);
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_is_for_another_machine() {
    let Some(registry) = RealRegistry::start(&Access::Open) else {
        return;
    };
    let host = &registry.host;
    let pusher = Pusher::new(host, "team/app", Authorization::Nothing);
    let one = pusher.image("linux/arm64", Some("2024.1")).await;
    pusher.index(&[one], "only-arm").await;
    for (image, code, message, remedy) in [
        (
            "team/app:2024.2",
            "ImageTagNotFound",
            format!("‘team/app’ in the registry {host} has no tag ‘2024.2’."),
            "Did you mean the tag ‘2024.1’?",
        ),
        (
            "team/other:1",
            "ImageRepositoryNotFound",
            format!("The registry {host} has no repository ‘team/other’."),
            "Check the image’s URL. A private repository can look like one that doesn’t exist. Choose an identity that can see it.",
        ),
        (
            "team/app:2024.1",
            "ImagePlatformMissing",
            format!("‘{host}/team/app:2024.1’ is for linux/arm64; sessions run on linux/amd64."),
            "Choose an image for linux/amd64, or build this one for it: docker buildx build --platform linux/amd64",
        ),
        (
            "team/app:only-arm",
            "ImagePlatformMissing",
            format!("‘{host}/team/app:only-arm’ is for linux/arm64; sessions run on linux/amd64."),
            "Choose an image for linux/amd64, or build this one for it: docker buildx build --platform linux/amd64",
        ),
    ] {
        let found = resolve(&format!("{host}/{image}"), &Credential::anonymous()).await;
        let error = found.unwrap_err();
        assert_eq!(
            (error.code(), error.to_string(), &*error.remedy()),
            (code, message, remedy)
        );
    }
    let absent = format!("{host}/team/app@sha256:{}", "0".repeat(64));
    let error = resolve(&absent, &Credential::anonymous())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, RegistryError::NoTag { near: None, .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("has no digest ‘sha256:000"),
        "{error}"
    );
}

#[tokio::test]
async fn a_registry_with_passwords_tells_none_from_wrong_from_right() {
    let Some(registry) = RealRegistry::start(&Access::Passwords(PULLER)) else {
        return;
    };
    let host = &registry.host;
    let right = password("puller", "right horse");
    let pusher = Pusher::new(host, "team/app", Authorization::Basic(&right));
    let one = pusher.image("linux/amd64", Some("1")).await;
    let image = format!("{host}/team/app:1");
    assert_eq!(resolve(&image, &right).await.unwrap().digest, one.digest);
    let none = resolve(&image, &Credential::anonymous()).await.unwrap_err();
    assert_eq!(
        none.to_string(),
        format!(
            "‘team/app’ in the registry {host} isn’t public, and the user’s own identity has no credential for it."
        )
    );
    let wrong = resolve(&image, &password("puller", "wrong horse"))
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), "RegistryCredentialRefused");
    assert_eq!(
        wrong.to_string(),
        format!("The registry {host} doesn’t accept the credential of the user’s own identity.")
    );
}
