//! Conversations with a chat flow.

use axum::http::{Method, StatusCode};
use flowdeck_compute::fake::Step;
use serde_json::{Value, json};

use crate::{
    stream::Events,
    world::{Answer, World},
};

const FLOW: &str = "/api/projects/default/flows/talker";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/talker/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const CHAT: &str = "inputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list}\n  tone: {type: string, default: dry}\noutputs:\n  answer: {type: string, reference: '${say.output}', is_chat_output: true}\n  also: {type: string, reference: '${say.output}'}\nnodes:\n- name: say\n  type: python\n  source: {type: code, path: say.py}\n  inputs: {q: '${inputs.question}', said: '${inputs.chat_history}', tone: '${inputs.tone}'}\n";

struct Talk {
    world: World,
    events: Events,
}

impl Talk {
    /// A chat flow whose session runs.
    async fn new() -> Self {
        let world = World::new().await;
        world.write("flows/talker/flow.dag.yaml", CHAT);
        world.write("flows/talker/say.py", "");
        let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
        let started = world.call(Method::POST, SESSIONS, &JSON, "{}").await;
        assert_eq!(started.status, StatusCode::ACCEPTED);
        events.until_session("available").await;
        Self { world, events }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let path = format!("{FLOW}/conversations{path}");
        let body = body.to_string();
        self.world.call(Method::POST, &path, &JSON, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.world.get(&format!("{FLOW}/conversations{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    /// Asks, and waits for the answer; gives the conversation's path and the run's inputs.
    async fn ask(&mut self, path: &str, body: Value) -> (String, Value) {
        let asked = self.post(path, body).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text());
        let asked = asked.json();
        self.until_told().await;
        self.until_told().await;
        let id = asked["conversation"]["id"].as_str().unwrap();
        (format!("/{id}"), asked["run"]["inputs"].clone())
    }

    /// Until a conversation has changed: each question does this, and each answer.
    async fn until_told(&mut self) {
        self.events.until("conversation").await;
    }

    async fn questions(&self, conversation: &str) -> Vec<Value> {
        let whole = self.get(conversation).await;
        let turns = whole["turns"].as_array().unwrap().iter();
        turns.map(|turn| turn["question"].clone()).collect()
    }
}

#[tokio::test]
async fn each_question_gets_what_was_said_before() {
    let mut talk = Talk::new().await;
    let first = json!({"question": "Who are you?\nReally?", "inputs": {"tone": "kind"}});
    let (one, inputs) = talk.ask("", first).await;
    assert_eq!(
        inputs,
        json!({"question": "Who are you?\nReally?", "chat_history": [], "tone": "kind"})
    );
    let (_, inputs) = talk
        .ask(&format!("{one}/turns"), json!({"question": "Why?"}))
        .await;
    let said = json!([{
        "inputs": {"question": "Who are you?\nReally?"},
        "outputs": {"answer": "say", "also": "say"},
    }]);
    assert_eq!(
        (&inputs["chat_history"], &inputs["tone"]),
        (&said, &json!("dry"))
    );
    let whole = talk.get(&one).await;
    assert_eq!(
        (&whole["summary"]["name"], &whole["summary"]["turns"]),
        (&json!("Who are you?"), &json!(2))
    );
    let turn = &whole["turns"][0];
    assert_eq!(
        (
            &turn["number"],
            &turn["state"],
            &turn["inputs"],
            &turn["nodes"][0]["state"]
        ),
        (
            &json!(1),
            &json!("completed"),
            &json!({"tone": "kind"}),
            &json!("completed")
        )
    );
    assert_eq!(
        talk.get(&format!("{one}/history"))
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let listed = talk.get("").await;
    assert_eq!(listed["conversations"], json!([whole["summary"]]));
    // It's kept over a restart.
    let Talk { world, events } = talk;
    drop(events);
    let world = world.restarted("/").await;
    let kept = world
        .get(&format!("{FLOW}/conversations{one}"))
        .await
        .json();
    assert_eq!(kept, whole);
}

#[tokio::test]
async fn an_edited_question_drops_what_follows_it() {
    let mut talk = Talk::new().await;
    let (one, _) = talk.ask("", json!({"question": "a"})).await;
    let turns = format!("{one}/turns");
    for question in ["b", "c"] {
        talk.ask(&turns, json!({"question": question})).await;
    }
    let (_, inputs) = talk.ask(&turns, json!({"question": "B", "after": 1})).await;
    assert_eq!(inputs["chat_history"].as_array().unwrap().len(), 1);
    assert_eq!(talk.questions(&one).await, ["a", "B"]);
    let beyond = talk
        .post(&turns, json!({"question": "z", "after": 3}))
        .await;
    assert_eq!(beyond.refused(StatusCode::BAD_REQUEST), "TurnNotFound");
    assert_eq!(talk.questions(&one).await, ["a", "B"]);
}

#[tokio::test]
async fn a_stopped_answer_is_no_part_of_the_history_and_can_be_tried_again() {
    let mut talk = Talk::new().await;
    let (one, _) = talk.ask("", json!({"question": "a"})).await;
    let turns = format!("{one}/turns");
    talk.world.engine.hang(Step::Execute);
    let asked = talk.post(&turns, json!({"question": "b"})).await.json();
    talk.until_told().await;
    for (method, path) in [(Method::POST, &turns), (Method::DELETE, &one)] {
        let path = format!("{FLOW}/conversations{path}");
        let early = talk
            .world
            .call(method, &path, &JSON, r#"{"question": "c"}"#)
            .await;
        assert_eq!(early.refused(StatusCode::CONFLICT), "AnswerComing");
    }
    let cancel = format!(
        "{FLOW}/runs/{}/cancel",
        asked["run"]["summary"]["id"].as_str().unwrap()
    );
    talk.world.call(Method::POST, &cancel, &[], "").await;
    talk.until_told().await;
    assert_eq!(talk.get(&one).await["turns"][1]["state"], "canceled");
    talk.world.engine.recover();
    let (_, inputs) = talk.ask(&turns, json!({"question": "b", "after": 1})).await;
    assert_eq!(inputs["chat_history"].as_array().unwrap().len(), 1);
    assert_eq!(talk.questions(&one).await, ["a", "b"]);
}

#[tokio::test]
async fn a_conversation_is_renamed_and_deleted_by_its_own_flow_alone() {
    let mut talk = Talk::new().await;
    let (one, _) = talk.ask("", json!({"question": 3})).await;
    assert_eq!(talk.get(&one).await["summary"]["name"], "New conversation");
    let rename = format!("{one}/rename");
    let renamed = talk.post(&rename, json!({"name": "Numbers"})).await;
    assert_eq!(renamed.json()["name"], "Numbers");
    talk.until_told().await;
    let empty = talk.post(&rename, json!({"name": " "})).await;
    empty.refused(StatusCode::BAD_REQUEST);
    let other = format!("/api/projects/default/flows/greeter/conversations{one}");
    for method in [Method::GET, Method::DELETE] {
        let answer = talk.world.call(method, &other, &[], "").await;
        assert_eq!(
            answer.refused(StatusCode::NOT_FOUND),
            "ConversationNotFound"
        );
    }
    let mine = format!("{FLOW}/conversations{one}");
    let deleted = talk.world.call(Method::DELETE, &mine, &[], "").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    talk.until_told().await;
    assert_eq!(talk.get("").await, json!({"conversations": []}));
    let gone = talk.world.get(&mine).await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "ConversationNotFound");
}

#[tokio::test]
async fn what_cannot_be_asked_leaves_no_conversation() {
    let world = World::new().await;
    world.write("flows/talker/flow.dag.yaml", CHAT);
    let ask = |flow: &str, body: Value| {
        let path = format!("/api/projects/default/flows/{flow}/conversations");
        let (world, body) = (&world, body.to_string());
        async move { world.call(Method::POST, &path, &JSON, body).await }
    };
    let no_chat = ask("greeter", json!({"question": "Hi"})).await;
    assert_eq!(no_chat.refused(StatusCode::BAD_REQUEST), "NoChat");
    assert!(
        no_chat.text().contains("is_chat_input"),
        "{}",
        no_chat.text()
    );
    let no_session = ask("talker", json!({"question": "Hi"})).await;
    no_session.refused(StatusCode::CONFLICT);
    let reserved = ask(
        "talker",
        json!({"question": "Hi", "inputs": {"chat_history": []}}),
    )
    .await;
    assert_eq!(reserved.refused(StatusCode::BAD_REQUEST), "InputOfChat");
    let listed = world.get(&format!("{FLOW}/conversations")).await.json();
    assert_eq!(listed, json!({"conversations": []}));
}
