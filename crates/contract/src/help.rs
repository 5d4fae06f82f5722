//! The guides that the server serves, and the places in them that the app leads to.

/// The folder of the guides, relative to the server's base path.
pub const HELP: &str = "help";

/// A place in the guides that a page or a dialog of the app leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpTopic {
    /// All guides.
    Guides,
    /// Flows: what they are, and what their page shows.
    Flows,
    /// New flows, copies, and deleting flows.
    FlowsComeAndGo,
    /// What the checks of a flow's files find.
    Checks,
    /// Starting a session with chosen settings.
    AdvancedSettings,
    /// What can be done with a session that is there.
    Sessions,
    /// Installing packages.
    Packages,
    /// Choosing another base image.
    BaseImage,
    /// From a runtime to a session.
    Upgrade,
    /// Who is signed in.
    SignIns,
    /// What nodes reach services by.
    Connections,
    /// Renaming and deleting a connection.
    ConnectionChanges,
    /// Bringing connections along.
    ConnectionImport,
    /// The files of a flow, and raw file mode.
    Files,
    /// The keyboard shortcuts.
    Shortcuts,
    /// Chatting with a flow.
    Chat,
}

impl HelpTopic {
    /// All of them.
    pub const ALL: [HelpTopic; 16] = [
        HelpTopic::Guides,
        HelpTopic::Flows,
        HelpTopic::FlowsComeAndGo,
        HelpTopic::Checks,
        HelpTopic::AdvancedSettings,
        HelpTopic::Sessions,
        HelpTopic::Packages,
        HelpTopic::BaseImage,
        HelpTopic::Upgrade,
        HelpTopic::SignIns,
        HelpTopic::Connections,
        HelpTopic::ConnectionChanges,
        HelpTopic::ConnectionImport,
        HelpTopic::Files,
        HelpTopic::Shortcuts,
        HelpTopic::Chat,
    ];

    /// Its address, relative to the server's base path.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            HelpTopic::Guides => HELP,
            HelpTopic::Flows => "help/authors-guide",
            HelpTopic::FlowsComeAndGo => "help/authors-guide#add-copy-and-delete-flows",
            HelpTopic::Checks => "help/checks",
            HelpTopic::AdvancedSettings => "help/authors-guide#with-advanced-settings",
            HelpTopic::Sessions => "help/authors-guide#manage-a-compute-session",
            HelpTopic::Packages => "help/authors-guide#packages-in-requirementstxt",
            HelpTopic::BaseImage => "help/authors-guide#change-the-base-image",
            HelpTopic::Upgrade => "help/authors-guide#upgrade-a-compute-instance-runtime",
            HelpTopic::SignIns => "help/administrators-guide#sign-ins",
            HelpTopic::Connections => "help/connections",
            HelpTopic::ConnectionChanges => "help/connections#rename-and-delete",
            HelpTopic::ConnectionImport => "help/connections#import-and-export",
            HelpTopic::Files => "help/authors-guide#edit-a-flows-files",
            HelpTopic::Shortcuts => "help/authors-guide#keyboard-shortcuts",
            HelpTopic::Chat => "help/authors-guide#chat-with-a-flow",
        }
    }
}
