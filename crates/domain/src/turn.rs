use crate::text_enum;

text_enum! {
    /// What a turn is for.
    TurnMode {
        /// Changes the app.
        Build = "build",
        /// Answers, and changes nothing.
        Ask = "ask",
        /// Proposes a plan, and changes nothing yet.
        Plan = "plan",
    }
}

text_enum! {
    /// Who said a message.
    MessageRole {
        /// The person.
        User = "user",
        /// The agent, whether a model or the starters.
        Assistant = "assistant",
    }
}

text_enum! {
    /// Where a generation stands.
    GenerationStatus {
        /// Waiting for a worker.
        Queued = "queued",
        /// A worker is on it.
        Running = "running",
        /// Finished: its version exists.
        Done = "done",
        /// Ended for good by an error.
        Failed = "failed",
        /// Stopped by a person.
        Cancelled = "cancelled",
    }
}

impl GenerationStatus {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

text_enum! {
    /// What became of a turn that failed for good.
    DeadLetterState {
        /// Nobody has done anything about it yet.
        Open = "open",
        /// Its message was tried again.
        Retried = "retried",
        /// Somebody decided to leave it.
        Discarded = "discarded",
    }
}

text_enum! {
    /// What became of a change that was wanted and not made.
    SuggestionState {
        /// It waits to be looked at.
        Open = "open",
        /// A person made it.
        Applied = "applied",
        /// A person decided against it.
        Dropped = "dropped",
    }
}

text_enum! {
    /// Why a model is called.
    StepKind {
        /// The first answer of a turn.
        Draft = "draft",
        /// Going on where an answer was cut off.
        Continuation = "continuation",
        /// Mending what a check or an edit found wrong.
        Repair = "repair",
        /// Going on with what came of the runs that the answer before asked for.
        Tool = "tool",
        /// Planning before anything is written.
        Plan = "plan",
        /// Reading the change against the request.
        Review = "review",
        /// Writing smoke checks for what works.
        Test = "test",
    }
}

text_enum! {
    /// What the agent runs in a project's sandbox.
    ToolKind {
        /// Installs npm packages.
        Install = "install",
        /// Runs the project's `build` script.
        Build = "build",
        /// Runs the project's `test` script.
        Test = "test",
        /// Runs a command.
        Command = "command",
    }
}

text_enum! {
    /// How a run came to its end.
    ToolEnd {
        /// By itself, with a code.
        Exited = "exited",
        /// By a signal.
        Killed = "killed",
        /// It ran for longer than it might.
        TimedOut = "timed_out",
        /// It used more memory than the sandbox has.
        OutOfMemory = "out_of_memory",
        /// The server or the sandbox was lost under it.
        Lost = "lost",
        /// It could not be started.
        NotStarted = "not_started",
    }
}

text_enum! {
    /// The part that the agent plays right now.
    AgentRole {
        /// Says what will be done.
        Planner = "planner",
        /// Writes it.
        Builder = "builder",
        /// Reads the change against the request.
        Reviewer = "reviewer",
        /// Runs it.
        Tester = "tester",
    }
}

impl StepKind {
    /// Whose part of the work such a call is, and whose model makes it.
    #[must_use]
    pub const fn role(self) -> AgentRole {
        match self {
            Self::Plan => AgentRole::Planner,
            Self::Review => AgentRole::Reviewer,
            Self::Test => AgentRole::Tester,
            Self::Draft | Self::Continuation | Self::Repair | Self::Tool => AgentRole::Builder,
        }
    }
}

text_enum! {
    /// What an edit does to a file.
    EditOp {
        /// Writes the whole file.
        Write = "write",
        /// Replaces parts of it.
        Replace = "replace",
        /// Removes it.
        Delete = "delete",
        /// Moves it.
        Rename = "rename",
    }
}
