use flowdeck_compute::{gib, identity::CredentialSource};

use super::*;

const HOST: Host = Host {
    cores: 4,
    memory_mb: 16 * 1024,
};

fn load(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deck.yaml");
    fs::write(&file, text).unwrap();
    fs::write(folder.path().join("feed-reader.token"), "hunter2\n").unwrap();
    fs::write(folder.path().join("two-lines"), "a\nb\n").unwrap();
    let start = folder.path().display().to_string() + "/";
    Config::load(&file, HOST).map_err(|error| error.to_string().replace(&start, ""))
}

/// Where and what, without the file.
fn wrong(text: &str) -> Vec<String> {
    let message = load(text).unwrap_err();
    let mut lines = message.lines();
    assert_eq!(lines.next(), Some("the configuration isn't valid:"));
    lines
        .map(|line| line.strip_prefix("deck.yaml:").unwrap().to_owned())
        .collect()
}

#[test]
fn the_documented_sample_is_right_and_says_everything() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/flowdeck.yaml");
    let Config {
        catalog,
        max_idle,
        variables,
        prices,
        private_services,
        model_servers,
    } = load(&fs::read_to_string(sample).unwrap()).unwrap();
    assert_eq!(variables[0].as_str(), "OPENAI_API_KEY");
    assert_eq!(prices.currency.as_deref(), Some("USD"));
    assert_eq!(
        prices.models[0].cached.map(String::from).as_deref(),
        Some("0.075")
    );
    assert_eq!(private_services, Some(true));
    assert_eq!(model_servers, Some(true));
    assert_eq!(max_idle, Some(Duration::from_secs(7200)));
    assert_eq!(
        (catalog.quota.v_cpus, gib(catalog.quota.memory_mb)),
        (16, 12.0)
    );
    assert_eq!(catalog.sizes[0].memory_mb, 1536);
    assert_eq!(catalog.sizes.len(), 3);
    let identity = &catalog.identities[0];
    assert!(
        matches!(&identity.source, Some(CredentialSource::File(file)) if file.ends_with("feed-reader.token"))
    );
    assert!(identity.hosts[1].matches("registry.example.com:5000"));
    let managed = &catalog.identities[1].source;
    assert_eq!(managed.as_ref(), Some(&CredentialSource::ManagedIdentity));
    assert_eq!(identity.client_id.as_deref(), Some("flowdeck"));
    let [team, spare] = &*catalog.instances else {
        panic!("{:?}", catalog.instances)
    };
    assert_eq!(
        (&*team.size.name, team.identity.as_deref()),
        ("Standard_D4", Some("feed-reader"))
    );
    assert_eq!(team.idle_shutdown, Some(Duration::from_secs(1800)));
    assert_eq!(
        (spare.identity.as_deref(), spare.idle_shutdown),
        (None, None)
    );
    assert_eq!(catalog.runtimes[0].instance, "team-box");
}

#[test]
fn what_is_left_out_is_the_hosts() {
    for text in ["", "# nothing\n", "quota:\n"] {
        let config = load(text).unwrap();
        let host = Config::of_host(HOST);
        assert_eq!(config.catalog.sizes, host.catalog.sizes, "{text:?}");
        assert_eq!(config.max_idle, host.max_idle);
    }
}

#[test]
fn a_problem_has_its_place_and_says_what_is_right() {
    for (text, expected) in [
        (
            "vmsizes: []\n",
            "1:1: \"vmsizes\" isn't known here; did you mean 'vmSizes'?",
        ),
        (
            "- 1\n",
            "1:1: here must be a mapping with idleShutdown, sessionVariables, privateServices, modelServers, prices, quota, vmSizes, identities, computeInstances, runtimes",
        ),
        (
            "vmSizes: []\n",
            "1:10: there must be a VM size; leave 'vmSizes' out for those of this machine",
        ),
        (
            "idleShutdown: 30\n",
            "1:15: \"30\" isn't a duration; write a number with a unit, such as 90s, 30m or 2h (at least 10s), or never",
        ),
        (
            "quota:\n  vCPUs: many\n",
            "2:10: 'vCPUs' must be a whole number from 1 to 4096",
        ),
        (
            "quota:\n  memoryGB: -1\n",
            "2:13: 'memoryGB' must be a number of GiB from 0.25 to 65536",
        ),
        (
            "quota:\n  memoryGB: .nan\n",
            "2:13: 'memoryGB' must be a number of GiB from 0.25 to 65536",
        ),
        (
            "sessionVariables: [OPENAI_API_KEY, FLOWDECK_TOKEN]\n",
            "1:36: \"FLOWDECK_TOKEN\" can't be a variable of sessions: it's the server's own and isn't given to sessions; use another name",
        ),
        (
            "identities:\n- name: a/b\n",
            "2:9: \"a/b\" can't be a name: use 1 to 64 letters, digits, '-', '_' or '.', with a letter or digit first",
        ),
        (
            "identities:\n- name: a\n- name: A\n",
            "3:9: the identity 'A' is already on line 2; give this one another name",
        ),
        (
            "identities:\n- description: x\n",
            "2:3: 'name' is missing here",
        ),
        ("identities:\n- name:\n", "2:3: 'name' is missing here"),
        (
            "identities:\n- {name: a, credentialFile: two-lines, hosts: [a.example]}\n",
            "2:29: the credential two-lines must hold the token or password, alone on one line",
        ),
        (
            "identities:\n- {name: a, credentialFile: feed-reader.token}\n",
            "2:3: 'hosts' is missing here: name the registries and package feeds that the credential may be shown to",
        ),
        (
            "identities:\n- {name: a, credentialFile: feed-reader.token, managedIdentity: azure, hosts: [a.example]}\n",
            "2:65: 'credentialFile' already says where the credential comes from; remove 'managedIdentity' or 'credentialFile'",
        ),
        (
            "identities:\n- {name: a, credentialVariable: SECRET, hosts: [a.example]}\n",
            "2:33: an environment variable that holds a credential must start with FLOWDECK_; sessions can be given others",
        ),
        (
            "identities:\n- {name: a, credentialVariable: FLOWDECK_NOT_SET, hosts: [a.example]}\n",
            "2:33: the environment variable FLOWDECK_NOT_SET isn't set",
        ),
        (
            "identities:\n- {name: a, managedIdentity: gcp}\n",
            "2:30: 'managedIdentity' must be azure: a token of this machine’s managed-identity endpoint",
        ),
        (
            "identities:\n- {name: a, hosts: ['https://a.example']}\n",
            "2:21: \"https://a.example\" isn't a host; write a host such as registry.example.com, registry.example.com:5000 or *.example.com",
        ),
        (
            "computeInstances:\n- {name: a, vmSize: Host_3}\n",
            "2:21: there is no VM size \"Host_3\"; did you mean 'Host_1'?",
        ),
        (
            "computeInstances:\n- {name: a, vmSize: Host_1, identity: b}\n",
            "2:39: there is no identity \"b\"; none is set",
        ),
        (
            "quota: {memoryGB: 1}\ncomputeInstances:\n- {name: a, vmSize: Host_1}\n",
            "3:21: Host_1 is more than the whole quota of 16 vCPUs and 1 GiB; choose a smaller VM size, or raise 'quota'",
        ),
        (
            "runtimes:\n- {name: a, computeInstance: b}\n",
            "2:30: there is no compute instance \"b\"; none is set",
        ),
        (
            "quota: 1\nquota: 2\n",
            "2:1: this can't be read as YAML: \"quota\" is here twice; keep one of them",
        ),
        (
            "quota: !x 1\n",
            "1:8: this can't be read as YAML: quota: invalid type: enum, expected a value without a tag",
        ),
        (
            "quota: [1]\n",
            "1:8: here must be a mapping with vCPUs, memoryGB",
        ),
        (
            "vmSizes: 1\n",
            "1:10: this must be a list: put each entry after '- '",
        ),
        ("idleShutdown: [1]\n", "1:15: this must be text"),
        ("sessionVariables: [[1]]\n", "1:20: this must be text"),
        (
            "--- \na: 1\n---\nb: 1\n",
            "4:1: a second document starts here; the file holds one",
        ),
    ] {
        assert_eq!(wrong(text), [expected], "{text}");
    }
    assert!(wrong("quota: {\n")[0].contains("this can't be read as YAML"));
    let deep = &wrong(&"[".repeat(300))[0];
    assert!(deep.contains("recursion limit"), "{deep}");
    let missing = &wrong("identities:\n- {name: a, credentialFile: gone, hosts: [a.example]}\n")[0];
    assert!(
        missing.starts_with("2:29: can't read the credential gone: "),
        "{missing}"
    );
    assert!(wrong("computeInstances:\n- {name: a, vmSize: Host_1}\nruntimes:\n- {name: r, computeInstance: a, image: 'a b'}\n")[0].starts_with("4:40: "));
}

#[test]
fn all_problems_are_told_in_order() {
    let text = "vmSizes:\n- {name: a, vCPUs: 0}\nquota: {cpus: 3}\n";
    assert_eq!(
        wrong(text),
        [
            "2:3: 'memoryGB' is missing here",
            "2:20: 'vCPUs' must be a whole number from 1 to 4096",
            "3:9: \"cpus\" isn't known here; did you mean 'vCPUs'?",
        ]
    );
}

#[test]
fn text_is_read_as_it_is_written_and_a_value_may_be_named_once_and_used_again() {
    let config = load(
        "vmSizes:\n- {name: 007, vCPUs: &count 2, memoryGB: 1.50}\n- {name: 1.10, vCPUs: *count, memoryGB: '2'}\n",
    );
    let wrong = config.unwrap_err();
    assert!(
        wrong.ends_with("3:41: 'memoryGB' must be a number of GiB from 0.25 to 65536"),
        "{wrong}"
    );
    let config = load(
        "vmSizes:\n- {name: 007, vCPUs: &count 2, memoryGB: 1.50}\n- {name: 1.10, vCPUs: *count, memoryGB: 2}\n",
    );
    let sizes = config.unwrap().catalog.sizes;
    let named: Vec<(&str, u32, u64)> = sizes
        .iter()
        .map(|size| (&*size.name, size.v_cpus, size.memory_mb))
        .collect();
    assert_eq!(named, [("007", 2, 1536), ("1.10", 2, 2048)]);
}

proptest::proptest! {
    /// Whatever is damaged in a file is told at a place in it, or the file is read.
    #[test]
    fn a_damaged_file_is_told_with_its_place(
        at in 0.0..1.0_f64,
        damage in proptest::sample::select(vec!["", ":", "- ", "[", "}", "&a ", "*a", "!t ", "\n", "\t", "\"", "#", "---\n", "0", "é", "<<: "]),
    ) {
        let sample = include_str!("../../../../docs/flowdeck.yaml");
        let mut text = sample.to_owned();
        let mut index = (at * text.len() as f64) as usize;
        while !text.is_char_boundary(index) {
            index -= 1;
        }
        text.insert_str(index, damage);
        let lines = text.lines().count();
        if let Err(problems) = Config::parse(&text, Path::new("/nowhere"), HOST) {
            for problem in problems {
                proptest::prop_assert!(problem.place.line <= lines + 1);
                proptest::prop_assert!(!problem.message.is_empty());
            }
        }
    }
}

#[test]
fn prices_are_numbers_of_models_that_are_named_once() {
    let text = "prices:
  currency: dollars
  models:
    - model: a
      prompt: 0.15
      completion: -1
    - model: A
      prompt: 1
      completion: 1e3
    - prompt: 1
      completion: 1
      cashed: 1
";
    let found = wrong(text);
    let places: Vec<&str> = found
        .iter()
        .map(|line| line.split_once(": ").unwrap().0)
        .collect();
    assert_eq!(
        places,
        ["2:13", "6:19", "7:14", "9:19", "10:7", "12:7"],
        "{found:#?}"
    );
    assert!(found[0].contains("such as USD"));
    assert!(found[1].contains("from 0 to 1000000"));
    assert!(found[2].contains("already has prices on line 4"));
    assert!(found[5].contains("did you mean 'cached'?"));
    let alone = wrong("prices:\n  models: []\n");
    assert!(alone[0].contains("'currency' is missing"), "{alone:?}");
    let right = load(
        "prices:\n  currency: EUR\n  models:\n    - {model: m, prompt: 1.50, completion: \"2\"}\n",
    );
    let prices = right.unwrap().prices;
    assert_eq!(String::from(prices.models[0].prompt), "1.5");
    assert_eq!(prices.models[0].cached, None);
}
