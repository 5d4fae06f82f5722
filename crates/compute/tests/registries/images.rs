//! Images made of nothing, and pushed by the registry's API itself.

use flowdeck_compute::identity::{Credential, Proof};
use reqwest::{Client, RequestBuilder, StatusCode, header::LOCATION};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Pushes to one repository.
pub(crate) struct Pusher<'a> {
    client: Client,
    /// Of the repository's API, such as `http://127.0.0.1:5000/v2/team/app`.
    address: String,
    authorization: Authorization<'a>,
}

pub(crate) enum Authorization<'a> {
    Nothing,
    Basic(&'a Credential),
    Bearer(String),
}

/// What was pushed.
pub(crate) struct Pushed {
    pub(crate) digest: String,
    /// Of its layers.
    pub(crate) size: u64,
    descriptor: Value,
}

impl<'a> Pusher<'a> {
    pub(crate) fn new(host: &str, repository: &str, authorization: Authorization<'a>) -> Self {
        // It may be the first here that needs one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            client: Client::builder().no_proxy().build().unwrap(),
            address: format!("http://{host}/v2/{repository}"),
            authorization,
        }
    }

    /// Pushes an image of two layers for a platform such as `linux/amd64`, under a tag if there is one.
    pub(crate) async fn image(&self, platform: &str, tag: Option<&str>) -> Pushed {
        let (os, architecture) = platform.split_once('/').unwrap();
        let layers = [self.blob(b"first").await, self.blob(&[7; 3000]).await];
        let size = layers
            .iter()
            .filter_map(|layer| layer["size"].as_u64())
            .sum();
        let config = json!({"architecture": architecture, "os": os, "rootfs": {"type": "layers", "diff_ids": []}});
        let mut config = self.blob(config.to_string().as_bytes()).await;
        config["mediaType"] = "application/vnd.oci.image.config.v1+json".into();
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        let mut pushed = self.manifest(&manifest, MANIFEST, tag).await;
        pushed.size = size;
        pushed.descriptor["platform"] = json!({"architecture": architecture, "os": os});
        pushed
    }

    /// Pushes an index of images, with an attestation as builders add it.
    pub(crate) async fn index(&self, images: &[Pushed], tag: &str) -> Pushed {
        let mut manifests: Vec<Value> = images
            .iter()
            .map(|image| image.descriptor.clone())
            .collect();
        let mut attestation = images[0].descriptor.clone();
        attestation["platform"] = json!({"architecture": "unknown", "os": "unknown"});
        manifests.push(attestation);
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
        self.manifest(&index, INDEX, Some(tag)).await
    }

    async fn blob(&self, content: &[u8]) -> Value {
        let digest = digest(content);
        let begun = self
            .send(self.client.post(format!("{}/blobs/uploads/", self.address)))
            .await;
        let place = begun.headers()[LOCATION].to_str().unwrap();
        let joint = if place.contains('?') { '&' } else { '?' };
        let put = self.client.put(format!("{place}{joint}digest={digest}"));
        let done = self.send(put.body(content.to_vec())).await;
        assert_eq!(done.status(), StatusCode::CREATED);
        json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest, "size": content.len()})
    }

    async fn manifest(&self, manifest: &Value, media_type: &str, tag: Option<&str>) -> Pushed {
        let text = manifest.to_string();
        let digest = digest(text.as_bytes());
        let put = self
            .client
            .put(format!(
                "{}/manifests/{}",
                self.address,
                tag.unwrap_or(&digest)
            ))
            .header("Content-Type", media_type);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": text.len()});
        let done = self.send(put.body(text)).await;
        assert_eq!(done.status(), StatusCode::CREATED);
        Pushed {
            digest,
            size: 0,
            descriptor,
        }
    }

    async fn send(&self, request: RequestBuilder) -> reqwest::Response {
        let request = match &self.authorization {
            Authorization::Nothing => request,
            Authorization::Basic(credential) => match &credential.proof {
                Proof::Password { user, password } => {
                    request.basic_auth(user, Some(password.reveal()))
                }
                other => panic!("{other:?}"),
            },
            Authorization::Bearer(token) => request.bearer_auth(token),
        };
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
        response
    }
}

fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
