//! What the address says of a flow's page.

use flowdeck_contract::{
    address::query_value,
    ids::{ConversationId, FilePath, RunId},
};

use super::{Advanced, CallPath, Query};

/// What the page of a flow shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowView {
    /// Raw file mode instead of the form.
    pub raw: bool,
    /// The file that raw file mode opens.
    pub file: Option<FilePath>,
    /// The line of that file, from 1.
    pub line: Option<u32>,
    /// The run that is shown; the newest when left out.
    pub run: Option<RunId>,
    /// Two runs beside each other, in the place of the form.
    pub compare: Option<ComparedRuns>,
    /// The timeline of the run, with the details of one of its rows.
    pub timeline: Option<CallPath>,
    /// A call in the run's timeline, opened to be tried again, in the place of the form.
    pub playground: Option<CallPath>,
    /// The flow's graph, in the place of the form.
    pub graph: Option<GraphView>,
    /// The chat with the flow, in the place of its inputs and outputs.
    pub chat: Option<ChatView>,
    /// The details of the compute session, in a drawer.
    pub details: bool,
    /// The wizard of the compute session's settings, while it is open.
    pub advanced: Option<Advanced>,
}

/// Two runs that are shown beside each other, line by line, and the group that they're of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRuns {
    /// The one on the left.
    pub first: RunId,
    /// The one on the right.
    pub second: RunId,
    /// Runs that were asked for together, such as those of all variants of a node; empty where it's just the two.
    pub group: Vec<RunId>,
}

/// A group in an address has no more runs than the server keeps of a flow.
const GROUPED: usize = 50;

impl ComparedRuns {
    fn read(value: &str) -> Option<Self> {
        let mut ids = value.split(',').map(|id| RunId::try_from(id).ok());
        Some(Self {
            first: ids.next()??,
            second: ids.next()??,
            group: ids.take(GROUPED).collect::<Option<_>>()?,
        })
    }

    /// A group, of which the first two are compared; nothing where there are no two.
    #[must_use]
    pub fn of(group: Vec<RunId>) -> Option<Self> {
        let (first, second) = (group.first()?.clone(), group.get(1)?.clone());
        let group = if group.len() > 2 { group } else { Vec::new() };
        Some(Self {
            first,
            second,
            group,
        })
    }

    fn value(&self) -> String {
        let ids = [&self.first, &self.second].into_iter().chain(&self.group);
        let ids: Vec<&str> = ids.map(RunId::as_str).collect();
        ids.join(",")
    }
}

/// Which conversation with a flow is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatView {
    /// A new one, which begins with its first question.
    New,
    /// This one.
    Of(ConversationId),
}

impl ChatView {
    fn read(value: &str) -> Self {
        ConversationId::try_from(value).map_or(Self::New, Self::Of)
    }

    fn value(&self) -> &str {
        match self {
            Self::New => "",
            Self::Of(id) => id.as_str(),
        }
    }
}

/// What is selected in the flow's graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphView {
    /// Nothing.
    Whole,
    /// The flow's inputs.
    Inputs,
    /// The node of this name.
    Node(String),
    /// The flow's outputs.
    Outputs,
}

impl GraphView {
    /// Before a node's name, which may be any text.
    const NODE: &str = "node.";

    fn read(value: &str) -> Self {
        match value {
            "inputs" => Self::Inputs,
            "outputs" => Self::Outputs,
            _ => value
                .strip_prefix(Self::NODE)
                .map_or(Self::Whole, |name| Self::Node(name.to_owned())),
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Inputs => "inputs".to_owned(),
            Self::Node(name) => format!("{}{name}", Self::NODE),
            Self::Outputs => "outputs".to_owned(),
        }
    }
}

/// The names of the query's values, without those of the wizard.
const NAMES: [&str; 10] = [
    "raw",
    "file",
    "line",
    "run",
    "compare",
    "timeline",
    "playground",
    "graph",
    "chat",
    "details",
];

impl FlowView {
    /// Raw file mode with `file` open, at `line` when one is given.
    #[must_use]
    pub fn of_file(file: FilePath, line: Option<u32>) -> Self {
        Self {
            raw: true,
            file: Some(file),
            line,
            ..Self::default()
        }
    }

    pub(super) fn read(query: &str) -> Self {
        let value = |name: &str| query_value(query, name);
        Self {
            raw: value("raw").as_deref() == Some("1"),
            file: value("file").and_then(|file| FilePath::try_from(file).ok()),
            line: value("line").and_then(|line| line.parse().ok()),
            run: value("run").and_then(|run| RunId::try_from(run).ok()),
            compare: value("compare").and_then(|runs| ComparedRuns::read(&runs)),
            timeline: value("timeline").and_then(|path| CallPath::read(&path)),
            playground: value("playground").and_then(|path| CallPath::read(&path)),
            graph: value("graph").map(|graph| GraphView::read(&graph)),
            chat: value("chat").map(|chat| ChatView::read(&chat)),
            details: value("details").as_deref() == Some("1"),
            advanced: Advanced::read(query, &NAMES),
        }
    }

    pub(super) fn query(&self) -> Query {
        let mut query = Query::default();
        if self.raw {
            query.push("raw", "1");
        }
        if let Some(file) = &self.file {
            query.push("file", file.as_str());
        }
        if let Some(line) = self.line {
            query.push("line", &line.to_string());
        }
        if let Some(run) = &self.run {
            query.push("run", run.as_str());
        }
        if let Some(compare) = &self.compare {
            query.push("compare", &compare.value());
        }
        if let Some(path) = &self.timeline {
            query.push("timeline", &path.to_string());
        }
        if let Some(path) = &self.playground {
            query.push("playground", &path.to_string());
        }
        if let Some(graph) = &self.graph {
            query.push("graph", &graph.value());
        }
        if let Some(chat) = &self.chat {
            query.push("chat", chat.value());
        }
        if self.details {
            query.push("details", "1");
        }
        if let Some(advanced) = &self.advanced {
            advanced.write(&mut query);
        }
        query
    }
}
