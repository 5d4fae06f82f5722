//! Conversations: what is kept of them, whatever becomes of their runs, their flow and the server.

use std::fs;

use flowdeck_compute::{Compute, fake::Step};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Exact, Millis, codes,
    connections::ConnectionName,
    conversations::{Asked, Conversation, Question, Turn},
    ids::ConversationId,
    pictures::{PictureKind, PictureName},
    runs::{RunRequest, RunState},
};

use serde_json::json;

use crate::support::{eventually, over, stage::Stage};

const CHAT: &str = "inputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list}\noutputs:\n  answer: {type: string, reference: '${say.output}', is_chat_output: true}\nnodes:\n- name: say\n  type: python\n  source: {type: code, path: say.py}\n  inputs: {q: '${inputs.question}', said: '${inputs.chat_history}'}\n";

/// Of runs that have ended so many are kept of a flow.
const RUNS_KEPT: usize = 50;

async fn talk() -> (Stage, Compute) {
    let stage = Stage::new();
    stage
        .home
        .flow("hello", &[("flow.dag.yaml", CHAT), ("say.py", "")]);
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    (stage, compute)
}

fn question(text: &str) -> Question {
    Question {
        question: Exact::text(text),
        inputs: flowdeck_contract::Values::default(),
        after: None,
        without_lost_pictures: false,
        variables: std::collections::BTreeMap::new(),
    }
}

async fn ask(stage: &Stage, compute: &Compute, id: Option<&ConversationId>, text: &str) -> Asked {
    let asked = compute.ask(&stage.flow, id, question(text)).unwrap();
    over(compute, &stage.flow, &asked.run.summary.id).await;
    asked
}

fn whole(stage: &Stage, compute: &Compute, id: &ConversationId) -> Conversation {
    compute.conversation(&stage.flow, id).unwrap()
}

#[tokio::test]
async fn an_answer_that_the_server_s_end_cut_off_is_interrupted_and_asked_again() {
    let (stage, compute) = talk().await;
    let id = ask(&stage, &compute, None, "a").await.conversation.id;
    stage.engine.hang(Step::Execute);
    compute.ask(&stage.flow, Some(&id), question("b")).unwrap();
    let compute = stage.restart(compute).await;
    let states = |turns: &[Turn]| turns.iter().map(|turn| turn.state).collect::<Vec<_>>();
    let kept = whole(&stage, &compute, &id);
    assert_eq!(
        states(&kept.turns),
        [RunState::Completed, RunState::Interrupted]
    );
    let error = kept.turns[1].error.as_ref().unwrap();
    assert!(error.message.contains("restarted"), "{}", error.message);
    stage.engine.recover();
    let again = Question {
        after: Some(1),
        ..question("b")
    };
    let asked = compute.ask(&stage.flow, Some(&id), again).unwrap();
    let run = over(&compute, &stage.flow, &asked.run.summary.id).await;
    let history = run.inputs.get("chat_history").unwrap();
    assert_eq!(
        *history,
        serde_json::json!([{"inputs": {"question": "a"}, "outputs": {"answer": "say"}}])
    );
    let turns = whole(&stage, &compute, &id).turns;
    assert_eq!(states(&turns), [RunState::Completed, RunState::Completed]);
    compute.close().await;
}

#[tokio::test]
async fn a_failed_answer_leaves_the_history_as_it_was() {
    let (stage, compute) = talk().await;
    let id = ask(&stage, &compute, None, "a").await.conversation.id;
    let raises = r#"{"nodes": {"say": {"raises": {"message": "no", "traceback": "x"}}}}"#;
    stage.home.flow("hello", &[("fake.json", raises)]);
    ask(&stage, &compute, Some(&id), "b").await;
    let failed = whole(&stage, &compute, &id);
    assert_eq!(failed.turns[1].state, RunState::Failed);
    assert!(failed.turns[1].error.is_some());
    stage.home.flow("hello", &[("fake.json", "{}")]);
    let asked = ask(&stage, &compute, Some(&id), "c").await;
    let history: Vec<serde_json::Value> =
        serde_json::from_str(asked.run.inputs.get("chat_history").unwrap().json()).unwrap();
    assert_eq!(history.len(), 1);
    compute.close().await;
}

#[tokio::test]
async fn a_conversation_outlives_its_runs_and_its_flow() {
    let (stage, compute) = talk().await;
    let asked = ask(&stage, &compute, None, "a").await;
    let id = asked.conversation.id;
    for _ in 0..=RUNS_KEPT {
        let request = RunRequest {
            inputs: [
                ("question".to_owned(), Exact::text("x")),
                ("chat_history".to_owned(), Exact::parse("[]").unwrap()),
            ]
            .into_iter()
            .collect(),
            ..RunRequest::default()
        };
        let run = compute.run(&stage.flow, request).unwrap();
        over(&compute, &stage.flow, &run.summary.id).await;
    }
    compute
        .run_detail(&stage.flow, &asked.run.summary.id)
        .unwrap_err();
    let kept = whole(&stage, &compute, &id);
    let answer = kept.turns[0].whole_answer();
    assert_eq!(answer, Some(Exact::text("say")));
    let next = ask(&stage, &compute, Some(&id), "b").await;
    let history = next.run.inputs.get("chat_history").unwrap();
    assert!(history.json().contains(r#""answer":"say""#), "{history:?}");
    let folder = stage.home.flows().join("hello");
    let aside = stage.home.flows().join(".aside");
    fs::rename(&folder, &aside).unwrap();
    let compute = stage.restart(compute).await;
    compute
        .ask(&stage.flow, Some(&id), question("c"))
        .unwrap_err();
    fs::rename(&aside, &folder).unwrap();
    assert_eq!(whole(&stage, &compute, &id).turns.len(), 2);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_questions_asked_at_once_one_is_taken() {
    let (stage, compute) = talk().await;
    let id = ask(&stage, &compute, None, "a").await.conversation.id;
    stage.engine.hang(Step::Execute);
    let asked: Vec<_> = (0..8)
        .map(|number| {
            let (compute, flow, id) = (compute.clone(), stage.flow.clone(), id.clone());
            tokio::task::spawn_blocking(move || {
                compute.ask(&flow, Some(&id), question(&number.to_string()))
            })
        })
        .collect();
    let mut taken = 0;
    for answer in asked {
        match answer.await.unwrap() {
            Ok(_) => taken += 1,
            Err(error) => assert_eq!(error.to_root_error().code, "AnswerComing"),
        }
    }
    assert_eq!(taken, 1);
    stage.engine.recover();
    eventually("an answer", || {
        let turns = whole(&stage, &compute, &id).turns;
        (turns.len() == 2 && turns[1].state == RunState::Completed).then_some(())
    })
    .await;
    compute.close().await;
}

#[tokio::test]
async fn a_secret_in_a_question_or_an_answer_is_not_kept() {
    const SECRET: &str = "sk-canary-0123456789";
    let (stage, compute) = talk().await;
    let input =
        serde_json::json!({"type": "OpenAI", "configs": {}, "secrets": {"api_key": SECRET}});
    let input = serde_json::from_value(input).unwrap();
    let name = ConnectionName::try_from("models").unwrap();
    compute
        .connections()
        .save(&name, input, &Condition::None, Millis(1))
        .unwrap();
    let told = format!(r#"{{"nodes": {{"say": {{"output": "It is {SECRET}."}}}}}}"#);
    stage.home.flow("hello", &[("fake.json", &told)]);
    let id = ask(&stage, &compute, None, &format!("Is it {SECRET}?"))
        .await
        .conversation
        .id;
    let kept = serde_json::to_string(&whole(&stage, &compute, &id)).unwrap();
    assert!(!kept.contains(SECRET), "{kept}");
    assert!(kept.contains("It is **data_scrubbed**."), "{kept}");
    assert!(kept.contains("Is it **data_scrubbed**?"), "{kept}");
    compute.close().await;
}

#[tokio::test]
async fn conversations_with_a_flow_are_bounded() {
    let (stage, compute) = talk().await;
    let mut last = None;
    for number in 0..200 {
        last = Some(
            ask(&stage, &compute, None, &number.to_string())
                .await
                .conversation
                .id,
        );
    }
    let refused = compute.ask(&stage.flow, None, question("x")).unwrap_err();
    let refused = refused.to_root_error();
    assert_eq!(refused.code, "TooManyConversations");
    assert!(refused.remedy().unwrap().contains("Delete"));
    compute
        .delete_conversation(&stage.flow, &last.unwrap())
        .unwrap();
    ask(&stage, &compute, None, "x").await;
    compute.close().await;
}

#[tokio::test]
async fn a_conversation_goes_on_without_a_picture_that_is_lost() {
    let stage = Stage::new();
    let takes_pictures = CHAT.replace("type: string, is_chat_input", "type: list, is_chat_input");
    let files = [("flow.dag.yaml", &*takes_pictures), ("say.py", "")];
    stage.home.flow("hello", &files);
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let kept = compute.keep_picture(&stage.flow, PictureKind::Png, b"picture");
    let name = kept.unwrap().name;
    let of_run = r#"{"nodes": {"say": {"wait": {"seconds": 0, "file": "go"}, "output": {"data:image/png;path": "made.png"}}}}"#;
    stage.home.flow("hello", &[("fake.json", of_run)]);
    let see = Question {
        question: json!(["What’s this?", {"data:image/png;path": name}]).into(),
        ..question("")
    };
    let asked = compute.ask(&stage.flow, None, see).unwrap();
    let id = asked.conversation.id;
    let runs = stage.home.data().join("runs").join("hello");
    let output = runs.join(asked.run.summary.id.as_str()).join("output");
    fs::create_dir_all(&output).unwrap();
    fs::write(output.join("made.png"), b"made").unwrap();
    stage.home.flow("hello", &[("go", "")]);
    over(&compute, &stage.flow, &asked.run.summary.id).await;
    fs::remove_dir_all(output).unwrap();

    let next = || Question {
        question: json!(["And?"]).into(),
        ..question("")
    };
    let history = |asked: &Asked| -> serde_json::Value {
        let history = asked.run.inputs.get("chat_history").unwrap().json();
        serde_json::from_str(history).unwrap()
    };
    let asked = compute.ask(&stage.flow, Some(&id), next()).unwrap();
    let answer = &history(&asked)[0]["outputs"]["answer"]["data:image/png;path"];
    let copy: PictureName = serde_json::from_value(answer.clone()).unwrap();
    let read = compute.kept_picture(&stage.flow, &copy).unwrap();
    assert_eq!(read, b"made", "an answer's picture outlives its run");
    over(&compute, &stage.flow, &asked.run.summary.id).await;

    fs::remove_file(runs.join("pictures").join(name.as_str())).unwrap();
    let refused = compute.ask(&stage.flow, Some(&id), next()).unwrap_err();
    let refused = refused.to_root_error();
    assert_eq!(refused.code, codes::HISTORY_PICTURES_LOST);
    assert!(
        refused
            .message
            .starts_with("Pictures of question 1 and answer 2 "),
        "{}",
        refused.message
    );
    let without = Question {
        without_lost_pictures: true,
        ..next()
    };
    let asked = compute.ask(&stage.flow, Some(&id), without).unwrap();
    let sent = history(&asked);
    let parts = &sent[0]["inputs"]["question"];
    assert_eq!(parts[0], "What’s this?");
    assert_eq!(parts[1], "(This picture is no longer available.)");
    over(&compute, &stage.flow, &asked.run.summary.id).await;
    let before = &whole(&stage, &compute, &id).turns[0].question;
    assert!(
        before.json().contains(name.as_str()),
        "it stays what it was"
    );
    compute.close().await;
}

#[tokio::test]
async fn a_deletion_can_be_undone_for_a_day() {
    let (stage, compute) = talk().await;
    let id = ask(&stage, &compute, None, "a").await.conversation.id;
    let before = whole(&stage, &compute, &id);
    compute.delete_conversation(&stage.flow, &id).unwrap();
    assert_eq!(compute.conversations(&stage.flow).unwrap(), []);
    let gone = compute.conversation(&stage.flow, &id).unwrap_err();
    assert_eq!(gone.to_root_error().code, "ConversationNotFound");
    compute
        .ask(&stage.flow, Some(&id), question("b"))
        .unwrap_err();
    let compute = stage.restart(compute).await;
    compute.restore_conversation(&stage.flow, &id).unwrap();
    assert_eq!(whole(&stage, &compute, &id), before);
    compute.delete_conversation(&stage.flow, &id).unwrap();
    stage.advance(24 * 60 * 60 + 1);
    let late = compute.restore_conversation(&stage.flow, &id).unwrap_err();
    assert_eq!(late.to_root_error().code, "ConversationNotFound");
    compute.close().await;
}
