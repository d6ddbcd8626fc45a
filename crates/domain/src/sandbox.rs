use crate::text_enum;

text_enum! {
    /// Where an app runs.
    EngineKind {
        /// In the visitor's browser; the server only compiles it.
        Browser = "browser",
        /// In an isolated sandbox on this host.
        Local = "local",
        /// On Daytona.
        Daytona = "daytona",
        /// In the visitor's browser, by the vendor's WebContainer.
        Webcontainer = "webcontainer",
    }
}

text_enum! {
    /// How a sandbox is.
    SandboxState {
        /// It is being made or started.
        Starting = "starting",
        /// It runs.
        Running = "running",
        /// It keeps its files and uses neither memory nor processor.
        Stopped = "stopped",
        /// It cannot be used; its files may be lost.
        Failed = "failed",
    }
}
