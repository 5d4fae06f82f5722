use std::sync::Arc;

use flowdeck_compute::{Catalog, Compute, ComputeConfig, Host, Identities, fake::FakeEngine};
use tempfile::TempDir;

use super::*;
use crate::auth::{ServerKey, Token};

const START: Millis = Millis(1_700_000_000_000);
const HOUR: i64 = 3_600_000;

/// A store, and what opens sign-ins in it.
struct World {
    _data: TempDir,
    compute: Compute,
    server: ServerKey,
}

impl World {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let host = Host {
            cores: 2,
            memory_mb: 4096,
        };
        let config = ComputeConfig {
            flows: data.path().join("flows").into(),
            data: data.path().to_owned(),
            standby: 0,
            max_idle: None,
            catalog: Catalog::of_host(host),
            identities: Identities::of_environment(),
            connections: flowdeck_compute::ConnectionOptions::default(),
            prices: flowdeck_contract::prices::Prices::default(),
        };
        std::fs::create_dir(data.path().join("flows")).unwrap();
        let compute = Compute::open(config, Arc::new(FakeEngine::default()))
            .await
            .unwrap();
        let server = ServerKey::load_or_make(data.path()).unwrap();
        Self {
            _data: data,
            compute,
            server,
        }
    }

    fn open(&self, token: &Token, now: Millis) -> SignIns {
        let keys = Keys::new(&self.server, token);
        SignIns::open(self.compute.sign_in_store(), keys, now).unwrap()
    }
}

fn after(hours: i64) -> Millis {
    Millis(START.0 + hours * HOUR)
}

fn is_in(sign_ins: &SignIns, opened: &Opened, now: Millis) -> bool {
    let found = sign_ins.find(&opened.secret, &opened.key, Peer::default(), now);
    found.is_some()
}

#[tokio::test]
async fn secret_and_key_open_only_together() {
    let world = World::new().await;
    let sign_ins = world.open(&Token::random(), START);
    let one = sign_ins.begin(None, Peer::default(), START).unwrap();
    let other = sign_ins.begin(None, Peer::default(), START).unwrap();
    assert_ne!(one.secret, other.secret);
    assert!(is_in(&sign_ins, &one, START) && is_in(&sign_ins, &other, START));
    for (secret, key) in [
        (&one.secret, &other.key),
        (&one.secret, &one.secret),
        (&one.key, &one.key),
        (&one.secret, &String::new()),
    ] {
        let found = sign_ins.find(secret, key, Peer::default(), START);
        assert!(found.is_none());
    }
    // What the store has opens nothing.
    for (hash, record) in world.compute.sign_in_store().all().unwrap() {
        assert!(!record.contains(&one.secret) && !record.contains(&one.key));
        assert!(!hash.contains(&one.secret) && !hash.contains(&other.secret));
    }
}

#[tokio::test]
async fn one_that_is_not_used_ends_and_so_does_one_that_is_old() {
    let world = World::new().await;
    let sign_ins = world.open(&Token::random(), START);
    let unused = sign_ins.begin(None, Peer::default(), START).unwrap();
    let used = sign_ins.begin(None, Peer::default(), START).unwrap();
    for day in 0..30 {
        assert!(is_in(&sign_ins, &used, after(24 * day)), "{day}");
        assert_eq!(
            day < 7,
            sign_ins.again(&unused.secret, after(24 * day)).is_some(),
            "{day}"
        );
    }
    assert!(!is_in(&sign_ins, &used, after(24 * 30)));
    sign_ins.tidy(after(24 * 30)).unwrap();
    assert_eq!(world.compute.sign_in_store().all().unwrap(), []);
}

#[tokio::test]
async fn they_outlive_the_server_and_not_its_token() {
    let world = World::new().await;
    let token = Token::random();
    let sign_ins = world.open(&token, START);
    let opened = sign_ins
        .begin(Some("Firefox".into()), Peer::default(), START)
        .unwrap();
    assert!(is_in(&sign_ins, &opened, after(2)));
    sign_ins.tidy(after(2)).unwrap();
    let restarted = world.open(&token, after(24 * 7 + 1));
    assert!(is_in(&restarted, &opened, after(24 * 7 + 1)));
    let other = world.open(&Token::random(), after(3));
    assert!(!is_in(&other, &opened, after(3)));
    assert_eq!(other.list(None, after(3)), []);
    // The token of before does not bring them back.
    assert!(!is_in(&world.open(&token, after(3)), &opened, after(3)));
}

#[tokio::test]
async fn ending_tells_those_who_follow_and_is_for_good() {
    let world = World::new().await;
    let token = Token::random();
    let sign_ins = world.open(&token, START);
    let [one, other] = [(); 2].map(|()| sign_ins.begin(None, Peer::default(), START).unwrap());
    let current =
        |opened: &Opened| sign_ins.find(&opened.secret, &opened.key, Peer::default(), after(1));
    let (first, second) = (current(&one).unwrap(), current(&other).unwrap());
    assert!(sign_ins.end(&first.id).unwrap());
    assert!(!sign_ins.end(&first.id).unwrap());
    assert!(first.ended.is_cancelled() && !second.ended.is_cancelled());
    // What is written down of those that were used brings back none that has ended.
    sign_ins.tidy(after(1)).unwrap();
    let restarted = world.open(&token, after(1));
    assert!(!is_in(&restarted, &one, after(1)) && is_in(&restarted, &other, after(1)));
    sign_ins.end_all().unwrap();
    assert!(second.ended.is_cancelled());
    assert_eq!(world.open(&token, after(1)).list(None, after(1)), []);
}

#[tokio::test]
async fn a_browser_more_than_there_is_room_for_ends_the_one_unused_for_longest() {
    let world = World::new().await;
    let sign_ins = world.open(&Token::random(), START);
    let first = sign_ins.begin(None, Peer::default(), START).unwrap();
    let second = sign_ins.begin(None, Peer::default(), START).unwrap();
    assert!(is_in(&sign_ins, &first, after(2)));
    for _ in 0..MOST - 1 {
        sign_ins.begin(None, Peer::default(), after(1)).unwrap();
    }
    assert_eq!(sign_ins.list(None, after(2)).len(), MOST);
    assert!(is_in(&sign_ins, &first, after(2)) && !is_in(&sign_ins, &second, after(2)));
}
