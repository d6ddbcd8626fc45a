//! Small scripts that are run inside a sandbox, to do what the toolbox has no call for.

use http::Method;
use qv_domain::FilePath;
use url::Url;

use super::Core;
use super::http::{Api, Call, Repeat, under};
use super::remote::Remote;
use super::script::quoted;
use super::wire::{Execute, Executed};
use crate::{Result, SandboxError};

/// How long a script may take, in seconds.
const SECONDS: u32 = 20;
/// The most bytes of paths in one script: a word of a command may have 128 KB.
const MOST_PATHS: usize = 48 << 10;

/// Looks at each path before something is done with it. Nothing on the way may be a link: links of a sandbox's are not
/// followed. `r` removes, `w` clears the way for a file, `g` is to be read.
const WAY: &str = r#"mkdir -p -- "$1" && cd -- "$1" || exit 9
shift
for p; do
  m=${p%%:*}; p=${p#*:}; q=$p
  while case $q in */*) ;; *) false ;; esac; do
    q=${q%/*}
    if [ -L "$q" ]; then exit 3; fi
  done
  case $m in
    r) rm -rf -- "$p" || exit 5 ;;
    w) if [ -L "$p" ]; then rm -f -- "$p" || exit 5; fi ;;
    g) if [ -L "$p" ]; then exit 3; fi ;;
  esac
done"#;

/// What is done with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
    Remove,
}

impl Use {
    const fn letter(self) -> char {
        match self {
            Self::Read => 'g',
            Self::Write => 'w',
            Self::Remove => 'r',
        }
    }
}

impl Core {
    /// Prepares paths of the project for what is done with them. Removing is done with that.
    pub(super) async fn way(&self, remote: &Remote, paths: &[(Use, &FilePath)]) -> Result<()> {
        let project = quoted(self.project(remote).await?)?;
        let mut rest = paths;
        while !rest.is_empty() {
            let mut words = String::new();
            let mut count = 0;
            for (usage, path) in rest {
                let word = quoted(&format!("{}:{}", usage.letter(), &**path))?;
                if count > 0 && words.len() + word.len() > MOST_PATHS {
                    break;
                }
                words.push(' ');
                words.push_str(&word);
                count += 1;
            }
            rest = rest.get(count..).unwrap_or_default();
            let command = format!("sh -c {} sh {project}{words}", quoted(WAY)?);
            match execute(&self.api, &remote.toolbox, &command).await? {
                0 => {}
                3 => {
                    let message = "a link stands in the way of a file".to_owned();
                    return Err(SandboxError::InvalidSpec { message });
                }
                code => {
                    let message = format!("files of the sandbox cannot be reached ({code})");
                    return Err(SandboxError::Transient { message });
                }
            }
        }
        Ok(())
    }
}

/// Runs a command of the shell to its end; gives its code.
pub(super) async fn execute(api: &Api, toolbox: &Url, command: &str) -> Result<i32> {
    let url = under(toolbox, &["process", "execute"]);
    let body = Execute { command, timeout: SECONDS };
    let answer = api.call(Call::new(Method::POST, url, Repeat::Safe).json(&body)?).await?;
    let executed: Executed = answer.json()?;
    executed.exit_code.or(executed.code).ok_or_else(|| SandboxError::Transient {
        message: "Daytona's answer has no exit code".to_owned(),
    })
}

/// Ends every process that a command has started: each has the command's name in its environment, also one that has
/// left its parent and its session.
pub(super) fn sweep(nonce: &str, gently: bool) -> String {
    let each = |signal: &str| {
        format!(
            "for f in $(grep -ls {VARIABLE}={nonce} /proc/[0-9]*/environ); do \
             f=${{f#/proc/}}; kill -{signal} \"${{f%/environ}}\"; done"
        )
    };
    if gently {
        format!("{}; (sleep 2; {}) >/dev/null 2>&1 &", each("TERM"), each("KILL"))
    } else {
        // Twice: something may have been started meanwhile.
        format!("{once}; {once}", once = each("KILL"))
    }
}

/// The variable by which the processes of a command are found.
pub(super) const VARIABLE: &str = "QUICKVIBE_COMMAND";
