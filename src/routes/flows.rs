//! What the address says of the flows page: what is searched for, which flows are shown, and in which order.

use flowdeck_contract::flows::FlowType;

use super::Query;

/// What the flows page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowsView {
    /// What the list is searched for.
    pub search: Option<String>,
    /// Which flows are shown.
    pub filter: FlowFilter,
    /// In which order.
    pub order: FlowOrder,
    /// The dialog that is open over it.
    pub dialog: Option<FlowsDialog>,
}

/// A dialog of the flows page that has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowsDialog {
    /// Makes a flow.
    New,
    /// Brings flows along.
    Import,
    /// The flows that were deleted.
    Deleted,
}

impl FlowsDialog {
    const ALL: [FlowsDialog; 3] = [FlowsDialog::New, FlowsDialog::Import, FlowsDialog::Deleted];

    fn word(self) -> &'static str {
        match self {
            FlowsDialog::New => "new",
            FlowsDialog::Import => "import",
            FlowsDialog::Deleted => "deleted",
        }
    }
}

/// Which flows the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowFilter {
    /// All.
    #[default]
    All,
    /// Those with a compute session that runs, starts or stops.
    Running,
    /// Those with an error in their definition, a session that failed, or a last run that failed.
    WithErrors,
    /// Those that ask for a connection which is missing or of no use to them.
    LacksConnections,
    /// Those of one type.
    Type(FlowType),
}

impl FlowFilter {
    /// All of them, as the page lists them.
    pub const ALL: [FlowFilter; 9] = [
        FlowFilter::All,
        FlowFilter::Running,
        FlowFilter::WithErrors,
        FlowFilter::LacksConnections,
        FlowFilter::Type(FlowType::Standard),
        FlowFilter::Type(FlowType::Chat),
        FlowFilter::Type(FlowType::Evaluation),
        FlowFilter::Type(FlowType::Flex),
        FlowFilter::Type(FlowType::Prompty),
    ];

    fn word(self) -> &'static str {
        match self {
            FlowFilter::All => "all",
            FlowFilter::Running => "running",
            FlowFilter::WithErrors => "errors",
            FlowFilter::LacksConnections => "connections",
            FlowFilter::Type(FlowType::Standard) => "standard",
            FlowFilter::Type(FlowType::Chat) => "chat",
            FlowFilter::Type(FlowType::Evaluation) => "evaluation",
            FlowFilter::Type(FlowType::Flex) => "flex",
            FlowFilter::Type(FlowType::Prompty) => "prompty",
        }
    }
}

/// What the list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowColumn {
    /// By name.
    #[default]
    Name,
    /// By type.
    Type,
    /// By compute session: those that run first.
    Session,
    /// By last run: the newest first.
    LastRun,
    /// By last change of a file: the newest first.
    Changed,
}

impl FlowColumn {
    /// All of them, as the table has them.
    pub const ALL: [FlowColumn; 5] = [
        FlowColumn::Name,
        FlowColumn::Type,
        FlowColumn::Session,
        FlowColumn::LastRun,
        FlowColumn::Changed,
    ];

    fn word(self) -> &'static str {
        match self {
            FlowColumn::Name => "name",
            FlowColumn::Type => "type",
            FlowColumn::Session => "session",
            FlowColumn::LastRun => "last-run",
            FlowColumn::Changed => "changed",
        }
    }
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// As one first wants to see the column.
    #[default]
    Usual,
    /// The other way round.
    Reversed,
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Direction::Usual => Direction::Reversed,
            Direction::Reversed => Direction::Usual,
        }
    }
}

/// An order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowOrder {
    /// What it goes by.
    pub by: FlowColumn,
    /// Which end comes first.
    pub direction: Direction,
}

impl FlowOrder {
    /// `name`, `-name`.
    fn word(self) -> String {
        let sign = match self.direction {
            Direction::Usual => "",
            Direction::Reversed => "-",
        };
        format!("{sign}{}", self.by.word())
    }

    fn read(word: &str) -> Option<Self> {
        let (direction, word) = match word.strip_prefix('-') {
            Some(rest) => (Direction::Reversed, rest),
            None => (Direction::Usual, word),
        };
        let by = FlowColumn::ALL.into_iter().find(|by| by.word() == word)?;
        Some(Self { by, direction })
    }
}

impl FlowsView {
    /// Reads the values of a query; what makes no sense counts as left out.
    pub(super) fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let filter = value("show").and_then(|word| {
            FlowFilter::ALL
                .into_iter()
                .find(|filter| filter.word() == word)
        });
        let dialog = value("dialog").and_then(|word| {
            FlowsDialog::ALL
                .into_iter()
                .find(|dialog| dialog.word() == word)
        });
        Self {
            dialog,
            search: value("q"),
            filter: filter.unwrap_or_default(),
            order: value("sort")
                .and_then(|word| FlowOrder::read(&word))
                .unwrap_or_default(),
        }
    }

    pub(super) fn query(&self) -> Query {
        let mut query = Query::default();
        if let Some(search) = self.search.as_deref().filter(|search| !search.is_empty()) {
            query.push("q", search);
        }
        if self.filter != FlowFilter::All {
            query.push("show", self.filter.word());
        }
        if self.order != FlowOrder::default() {
            query.push("sort", &self.order.word());
        }
        if let Some(dialog) = self.dialog {
            query.push("dialog", dialog.word());
        }
        query
    }
}
