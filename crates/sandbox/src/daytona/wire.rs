//! What Daytona says and hears, as JSON. Everything in an answer is optional: the real service leaves out and nulls what
//! its own description demands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateSandbox<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snapshot: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build_info: Option<BuildInfo>,
    pub(super) env: BTreeMap<&'a str, &'a str>,
    pub(super) labels: &'a BTreeMap<String, String>,
    pub(super) public: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpu: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disk: Option<u64>,
    pub(super) auto_stop_interval: u32,
    pub(super) auto_delete_interval: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network_block_all: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) domain_allow_list: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuildInfo {
    pub(super) dockerfile_content: String,
}

#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sandbox {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) state: Option<String>,
    pub(super) error_reason: Option<String>,
    pub(super) cpu: Option<f64>,
    pub(super) memory: Option<f64>,
    pub(super) disk: Option<f64>,
    pub(super) toolbox_proxy_url: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SandboxPage {
    pub(super) items: Option<Vec<Sandbox>>,
    pub(super) next_cursor: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct PreviewUrl {
    pub(super) url: Option<String>,
    pub(super) token: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct WorkDir {
    pub(super) dir: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FileInfo {
    pub(super) name: Option<String>,
    pub(super) is_dir: Option<bool>,
    pub(super) mode: Option<String>,
    pub(super) size: Option<i64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateSession<'a> {
    pub(super) session_id: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionExecute<'a> {
    pub(super) command: &'a str,
    pub(super) run_async: bool,
    pub(super) suppress_input_echo: bool,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SessionExecuted {
    pub(super) cmd_id: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CommandStatus {
    pub(super) exit_code: Option<i32>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Logs {
    pub(super) output: Option<String>,
    pub(super) stdout: Option<String>,
    pub(super) stderr: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Execute<'a> {
    pub(super) command: &'a str,
    pub(super) timeout: u32,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Executed {
    pub(super) exit_code: Option<i32>,
    /// As older toolboxes call it.
    pub(super) code: Option<i32>,
}

#[derive(Debug, Serialize)]
pub(super) struct SendInput<'a> {
    pub(super) data: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct CreatePty<'a> {
    pub(super) id: &'a str,
    pub(super) cols: u16,
    pub(super) rows: u16,
    pub(super) cwd: &'a str,
    pub(super) envs: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct ResizePty {
    pub(super) cols: u16,
    pub(super) rows: u16,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PtyControl {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) exit_code: Option<i32>,
    pub(super) error: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PortInUse {
    pub(super) is_in_use: Option<bool>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metrics {
    pub(super) mem_used: Option<i64>,
    pub(super) disk_used: Option<i64>,
}

/// Either form of a failure: the API's and the toolbox's, and that of an upload.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Fault {
    /// A text, or a list of texts.
    pub(super) message: Option<serde_json::Value>,
    pub(super) error: Option<String>,
    pub(super) errors: Option<Vec<String>>,
}
