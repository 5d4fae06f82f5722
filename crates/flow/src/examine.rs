//! The path of a text through this crate: YAML, reading, checks, warnings, report.

use crate::mend::lines_of;
use crate::model::{Flow, FlowKind};
use crate::place::LineLengths;
use crate::problem::Problem;
use crate::read::Draft;
use crate::report::{FileNames, Finding, Report, Severity};
use crate::sources::Sources;
use crate::yaml::{Expander, Mapping, Refused, SourceText, Span, Tree, compose};
use crate::{check, lint, outline, prompty, read, secrets};

/// How many places of a text are rewritten for the parser before it has the last word.
const MAX_REPAIRS: usize = 16;

/// Nobody reads more, and an editor that marks them would be slow.
const MAX_FINDINGS: usize = 500;

/// What is known of a flow's folder.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Around<'a> {
    /// All of its files.
    pub(crate) files: Option<&'a FileNames>,
    /// The texts of some of them.
    pub(crate) sources: Option<&'a Sources>,
}

/// Checks a text.
pub(crate) fn examine(text: &str, around: Around<'_>) -> Report {
    let examined = examine_source(
        &SourceText::new(text),
        Form::Definition(around),
        MAX_REPAIRS,
    );
    report(text, examined, around)
}

/// Checks a prompty.
pub(crate) fn examine_prompty(text: &str) -> Report {
    let examined = match prompty::front_matter(text) {
        Some(front) => {
            let yaml = prompty::yaml_of(text, &front);
            let examined = examine_source(&SourceText::new(&yaml), Form::Prompty, MAX_REPAIRS);
            // Where nothing could be read, its kind is known all the same.
            Examined {
                kind: FlowKind::Prompty,
                ..examined
            }
        }
        None => Examined {
            kind: FlowKind::Prompty,
            ..Examined::refused(vec![Problem::new(
                "PromptyFormat",
                Span::START,
                "A prompty begins with YAML between two lines of `---`, and the prompt follows.",
            )])
        },
    };
    report(text, examined, Around::default())
}

/// What a text is the definition of.
#[derive(Clone, Copy)]
enum Form<'a> {
    /// A DAG or a flex flow.
    Definition(Around<'a>),
    /// A prompty's front matter.
    Prompty,
}

fn report(text: &str, mut examined: Examined, around: Around<'_>) -> Report {
    examined.warnings.extend(secrets::find(text));
    examined.warnings.sort_by_key(|warning| warning.span);
    let findings = findings(
        text,
        examined.errors,
        examined.warnings,
        around.files.is_some(),
    );
    let is_ok = findings
        .iter()
        .all(|finding| finding.severity != Severity::Error);
    Report {
        kind: examined.kind,
        order: examined.order.filter(|_| is_ok),
        findings,
        flow: examined.flow,
    }
}

/// Problems as findings of a text, errors first; `has_files` as [`Weight::severity`](crate::problem::Weight::severity)
/// takes it.
pub(crate) fn findings(
    text: &str,
    refused: Vec<Problem>,
    others: Vec<Problem>,
    has_files: bool,
) -> Vec<Finding> {
    if refused.is_empty() && others.is_empty() {
        return Vec::new();
    }
    let (lengths, lines) = (LineLengths::of(text), lines_of(text));
    let place = |problem: Problem| {
        let severity = problem.weight.severity(has_files);
        lengths.place(problem).into_finding_in(&lines, severity)
    };
    let untold = (refused.len() + others.len()).saturating_sub(MAX_FINDINGS);
    let (failing, rest): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|problem| problem.weight.severity(has_files) == Severity::Error);
    let all = refused.into_iter().chain(failing).chain(rest);
    let mut told: Vec<Finding> = all.take(MAX_FINDINGS).map(place).collect();
    if untold > 0 {
        let message = format!("{untold} more findings aren't shown.");
        told.push(place(Problem::doubtful(
            "TooManyFindings",
            Span::START,
            message,
        )));
    }
    told
}

struct Examined {
    kind: FlowKind,
    order: Option<Vec<String>>,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    flow: Option<Flow>,
}

impl Examined {
    /// A text that isn't a flow.
    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            kind: FlowKind::Dag,
            order: None,
            errors: problems,
            warnings: Vec::new(),
            flow: None,
        }
    }
}

fn examine_source(source: &SourceText<'_>, form: Form<'_>, repairs: usize) -> Examined {
    match compose(source) {
        Ok((tree, problems)) => examine_tree(&tree, problems, source.text().len(), form),
        Err(Refused {
            repaired: Some(repaired),
            ..
        }) if repairs > 0 => examine_source(&repaired, form, repairs - 1),
        Err(refused) => Examined::refused(vec![*refused.problem]),
    }
}

fn examine_tree(
    tree: &Tree<'_>,
    mut problems: Vec<Problem>,
    text_length: usize,
    form: Form<'_>,
) -> Examined {
    // No document, and a document that is nothing, is a flow without anything.
    let root = match tree.root().filter(|root| !root.is_null()) {
        None => Some(Mapping::empty_in(tree)),
        Some(value) => {
            if value.as_mapping().is_none() {
                let kind = value.kind();
                let message = format!(
                    "A flow file is a mapping (`nodes:`, `inputs:` …), but this is {kind}."
                );
                problems.push(Problem::new("AttributeError", value.span(), message));
            }
            value.as_mapping()
        }
    };
    let Some(root) = root else {
        return Examined::refused(problems);
    };
    match read::read(root, text_length) {
        Err(problem) => {
            problems.push(problem);
            Examined::refused(problems)
        }
        Ok(read) => {
            let mut expander = Expander::for_text_of(text_length);
            let mut examined = match form {
                Form::Prompty => of_prompty(root, &read.draft, problems, &mut expander),
                Form::Definition(_) if root.get("entry").is_some() => {
                    flex(root, &read.draft, problems, &mut expander)
                }
                Form::Definition(around) => {
                    problems.extend(read.problems);
                    dag(root, &read.draft, problems, around, &mut expander)
                }
            };
            if let Form::Definition(Around {
                files: Some(files), ..
            }) = form
            {
                examined
                    .errors
                    .extend(lint::missing_requirements(root, files));
            }
            examined
                .warnings
                .extend(expander.exhausted_at().map(|span| {
                    let message =
                        "Aliases make this contain itself or repeat too often, so only part of the flow is shown.";
                    Problem::doubtful("FlowTooComplex", span, message)
                }));
            examined
        }
    }
}

/// promptflow checks nothing of a flex flow before it imports its entry.
fn flex(
    root: Mapping<'_>,
    draft: &Draft<'_>,
    errors: Vec<Problem>,
    expander: &mut Expander,
) -> Examined {
    let mut flow = outline::flow(FlowKind::Flex, root, draft, expander);
    flow.find_chat();
    Examined {
        kind: FlowKind::Flex,
        order: None,
        errors,
        warnings: lint::flex(root),
        flow: Some(flow),
    }
}

fn of_prompty(
    root: Mapping<'_>,
    draft: &Draft<'_>,
    mut errors: Vec<Problem>,
    expander: &mut Expander,
) -> Examined {
    errors.extend(prompty::problems(root, draft));
    let mut flow = outline::flow(FlowKind::Prompty, root, draft, expander);
    prompty::complete(&mut flow, root, expander);
    flow.find_chat();
    Examined {
        kind: FlowKind::Prompty,
        order: None,
        errors,
        warnings: Vec::new(),
        flow: Some(flow),
    }
}

fn dag(
    root: Mapping<'_>,
    draft: &Draft<'_>,
    mut errors: Vec<Problem>,
    around: Around<'_>,
    expander: &mut Expander,
) -> Examined {
    let is_whole = errors.is_empty();
    let checked = check::check(draft);
    errors.extend(checked.problems);
    let subject = lint::Subject {
        root,
        draft,
        names: &checked.names,
        is_whole,
    };
    let warnings = lint::dag(&subject, around);
    let mut name = |index: usize| match draft.nodes[index].name {
        Some(name) => expander.text(name),
        None => "None".to_owned(),
    };
    let order = errors
        .is_empty()
        .then(|| checked.order.iter().map(|&index| name(index)).collect());
    let flow = outline::flow(FlowKind::Dag, root, draft, expander);
    Examined {
        kind: FlowKind::Dag,
        order,
        errors,
        warnings,
        flow: Some(flow),
    }
}
