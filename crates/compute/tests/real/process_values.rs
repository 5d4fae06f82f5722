//! Values that nodes and functions give, with real processes and promptflow: none is changed on its way.

use std::fs;

use crate::support::{Home, in_state, over};
use flowdeck_compute::{Compute, StartSession};
use flowdeck_contract::{
    Exact, Values,
    ids::FlowId,
    pictures::{Content, Picture, PictureKind, message},
    runs::{NodeState, RunDetail, RunRequest, RunState},
    session::SessionState,
};
use flowdeck_flow::MessageFormat;
use serde_json::json;

const NUMBERS: [(&str, &str); 3] = [
    (
        "flow.dag.yaml",
        "inputs: {}\noutputs:\n  a: {type: string, reference: '${show.output}'}\nnodes:\n\
         - {name: make, type: python, source: {type: code, path: make.py}, inputs: {}}\n\
         - {name: show, type: python, source: {type: code, path: show.py}, inputs: {data: '${make.output}'}}\n",
    ),
    (
        "make.py",
        "from promptflow.core import tool\n\n\n@tool\ndef make():\n    return {'id': 123456789012345678901234, 'nan': float('nan'), 'worst': float('-inf'), 'big': 2**64 - 1, 'float': 0.1 + 0.2, 'exp': 1e22, '$number': 'NaN'}\n",
    ),
    (
        "show.py",
        "from promptflow.core import tool\n\n\n@tool\ndef show(data: dict) -> str:\n    return repr(data)\n",
    ),
];

async fn started(home: &Home, flow: &FlowId) -> Compute {
    let compute = home.compute(0).await;
    compute.start(flow, StartSession::default()).await.unwrap();
    in_state(&compute, flow, SessionState::Available).await;
    compute
}

async fn run(compute: &Compute, flow: &FlowId, node: Option<&str>) -> RunDetail {
    let request = RunRequest {
        node: node.map(str::to_owned),
        ..RunRequest::default()
    };
    let run = compute.run(flow, request).unwrap();
    over(compute, flow, &run.summary.id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_reach_the_page_and_a_node_alone_as_they_are() {
    let home = Home::new();
    let flow = home.flow("numbers", &NUMBERS);
    let compute = started(&home, &flow).await;
    let whole = run(&compute, &flow, None).await;
    assert_eq!(whole.summary.state, RunState::Completed, "{whole:?}");
    assert_eq!(
        whole.nodes[0].output.as_ref().map(Exact::json),
        Some(
            r#"{"id":123456789012345678901234,"nan":{"$number":"NaN"},"worst":{"$number":"-Infinity"},"big":18446744073709551615,"float":0.30000000000000004,"exp":1e+22,"$$number":"NaN"}"#
        )
    );
    let alone = run(&compute, &flow, Some("show")).await;
    assert_eq!(alone.nodes[0].output, whole.nodes[1].output, "{alone:?}");
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_output_is_given_whole_to_a_node_alone_and_errors_are_bounded() {
    let home = Home::new();
    let flow = home.flow(
        "large",
        &[
            (
                "flow.dag.yaml",
                "inputs: {}\noutputs: {}\nnodes:\n\
                 - {name: make, type: python, source: {type: code, path: make.py}, inputs: {}}\n\
                 - {name: size, type: python, source: {type: code, path: size.py}, inputs: {text: '${make.output}'}}\n\
                 - {name: long, type: python, source: {type: code, path: long.py}, inputs: {}}\n",
            ),
            (
                "make.py",
                "from promptflow.core import tool\n\n\n@tool\ndef make():\n    return 'x' * 20_000_000\n",
            ),
            (
                "size.py",
                "from promptflow.core import tool\n\n\n@tool\ndef size(text: str):\n    return len(text)\n",
            ),
            (
                "long.py",
                "from promptflow.core import tool\n\n\n@tool\ndef long():\n    raise RuntimeError('x' * 3_000_000)\n",
            ),
        ],
    );
    let compute = started(&home, &flow).await;
    let made = run(&compute, &flow, Some("make")).await;
    assert!(
        made.whole.is_some_and(|bytes| bytes > 20_000_000),
        "{:?}",
        made.whole
    );
    assert!(json!(made).to_string().len() < 10_000);
    let mut file = compute.run_result_file(&flow, &made.summary.id).unwrap();
    let copied = std::io::copy(&mut file, &mut std::io::sink()).unwrap();
    assert_eq!(Some(copied), made.whole);
    let sized = run(&compute, &flow, Some("size")).await;
    assert_eq!(
        sized.nodes[0].output.as_ref().map(Exact::json),
        Some("20000000")
    );
    assert_eq!(sized.whole, made.whole.and(sized.whole));

    // Nobody can read it any more: that isn't the same as none.
    let result = home.data().join("runs").join(flow.as_str());
    let result = result.join(made.summary.id.as_str()).join("result.json");
    fs::remove_file(&result).unwrap();
    fs::create_dir(&result).unwrap();
    let unreadable = compute
        .run_result_file(&flow, &made.summary.id)
        .unwrap_err();
    assert!(
        unreadable.to_string().contains("Reading the run’s result"),
        "{unreadable}"
    );
    let request = RunRequest {
        node: Some("size".to_owned()),
        ..RunRequest::default()
    };
    let unreadable = compute.run(&flow, request).unwrap_err();
    assert!(
        unreadable.to_string().contains("Reading the run’s result"),
        "{unreadable}"
    );

    let failed = run(&compute, &flow, Some("long")).await;
    assert_eq!(failed.summary.state, RunState::Failed);
    let error = failed.error.as_ref().unwrap();
    assert_eq!(error.place.as_ref().map(|place| place.line), Some(6));
    assert!(json!(failed).to_string().len() < 1_000_000);
    assert_eq!(failed.nodes[0].state, NodeState::Failed);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_s_result_that_is_no_mapping_is_an_output() {
    let home = Home::new();
    let flow = home.flow(
        "flex",
        &[
            (
                "flow.flex.yaml",
                "entry: main:greet\nsample:\n  inputs:\n    name: Ada\n",
            ),
            (
                "main.py",
                "def greet(name: str = 'you'):\n    return 'hello ' + name\n",
            ),
        ],
    );
    let compute = started(&home, &flow).await;
    let detail = run(&compute, &flow, None).await;
    assert_eq!(detail.summary.state, RunState::Completed, "{detail:?}");
    assert_eq!(json!(detail.outputs), json!({"output": "hello Ada"}));
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_a_template_has_its_file_and_line() {
    let home = Home::new();
    let flow = home.flow(
        "templates",
        &[
            (
                "flow.dag.yaml",
                "inputs: {}\noutputs:\n  a: {type: string, reference: '${tmpl.output}'}\nnodes:\n\
                 - {name: tmpl, type: prompt, source: {type: code, path: ./t/ask.jinja2}, inputs: {text: hi}}\n",
            ),
            ("t/ask.jinja2", "one\ntwo\n{{ text.foo.bar }}\n"),
        ],
    );
    let compute = started(&home, &flow).await;
    let unparsed = "one\n{% if text %}\n{{ text }\n";
    for (template, line) in [(None, 3), (Some(unparsed), 3)] {
        if let Some(text) = template {
            fs::write(home.flows().join("templates/t/ask.jinja2"), text).unwrap();
        }
        for node in [None, Some("tmpl")] {
            let run = run(&compute, &flow, node).await;
            let error = run.error.as_ref().unwrap();
            let place = error.place.as_ref().unwrap_or_else(|| panic!("{run:?}"));
            assert_eq!((place.path.as_str(), place.line), ("t/ask.jinja2", line));
            assert_eq!(run.nodes[0].error.as_ref().unwrap().place, error.place);
        }
    }
    compute.close().await;
}

const DRAWN: [(&str, &str); 2] = [
    (
        "flow.dag.yaml",
        "inputs: {}\noutputs:\n  drawn: {type: image, reference: '${draw.output}'}\nnodes:\n\
         - {name: draw, type: python, source: {type: code, path: draw.py}, inputs: {}}\n",
    ),
    (
        "draw.py",
        "from base64 import b64decode\n\nfrom promptflow.contracts.multimedia import Image\nfrom promptflow.core import tool\n\n\n@tool\ndef draw():\n    return Image(b64decode('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs='), 'image/gif')\n",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_a_node_gives_is_in_a_file_of_the_run() {
    let home = Home::new();
    let flow = home.flow("drawn", &DRAWN);
    let compute = started(&home, &flow).await;
    let done = run(&compute, &flow, None).await;
    assert_eq!(done.summary.state, RunState::Completed, "{done:?}");
    let outputs = done.outputs.unwrap();
    for value in [
        outputs.get("drawn").unwrap(),
        done.nodes[0].output.as_ref().unwrap(),
    ] {
        let Some(Picture::OfRun(file)) = Picture::of(value) else {
            panic!("{value:?}");
        };
        let bytes = compute.run_output_file(&flow, &done.summary.id, &file);
        assert!(bytes.unwrap().starts_with(b"GIF89a"));
    }
    compute.close().await;
}

/// What a flow of this message format makes of the pictures that it's given.
fn looks(format: &str) -> String {
    format!(
        "message_format: {format}\ninputs:\n  photo: {{type: image}}\n  question: {{type: list, default: []}}\noutputs:\n  seen: {{type: string, reference: '${{look.output}}'}}\nnodes:\n\
         - {{name: look, type: python, source: {{type: code, path: look.py}}, inputs: {{photo: '${{inputs.photo}}', question: '${{inputs.question}}'}}}}\n"
    )
}

const LOOK: &str = "from promptflow.core import tool\n\n\n@tool\ndef look(photo, question: list) -> str:\n    pictures = [photo] + [item for item in question if isinstance(item, bytes)]\n    return ', '.join(f'{picture._mime_type} {len(picture)}' for picture in pictures)\n";

/// The smallest picture that there is.
const SMALLEST: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_kept_reaches_the_flow_in_both_message_formats() {
    let home = Home::new();
    let flow = home.flow(
        "looks",
        &[("flow.dag.yaml", &looks("basic")), ("look.py", LOOK)],
    );
    let compute = started(&home, &flow).await;
    let kept = compute
        .keep_picture(&flow, PictureKind::Gif, SMALLEST)
        .unwrap();
    let picture = Picture::Kept(kept.name);
    for format in [MessageFormat::Basic, MessageFormat::OpenaiVision] {
        if format == MessageFormat::OpenaiVision {
            home.flow("looks", &[("flow.dag.yaml", &looks("openai-vision"))]);
        }
        let question = [
            Content::Text("What’s this?".to_owned()),
            Content::Picture(picture.clone()),
        ];
        let inputs: Values = [
            ("photo".to_owned(), picture.written(format)),
            ("question".to_owned(), message(&question, format)),
        ]
        .into_iter()
        .collect();
        for node in [None, Some("look".to_owned())] {
            let request = RunRequest {
                inputs: inputs.clone(),
                node,
                ..RunRequest::default()
            };
            let run = compute.run(&flow, request).unwrap();
            let done = over(&compute, &flow, &run.summary.id).await;
            assert_eq!(done.summary.state, RunState::Completed, "{done:?}");
            let seen = done.nodes[0].output.as_ref().unwrap();
            let one = format!("image/gif {}", SMALLEST.len());
            assert_eq!(*seen, serde_json::json!(format!("{one}, {one}")));
            assert_eq!(done.inputs.get("photo"), inputs.get("photo"));
        }
    }
    compute.close().await;
}
