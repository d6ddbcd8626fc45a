//! The reviewer reads a change that is not small against the request, once.

use qv_domain::FilePath;

use super::aside::{Aside, asks};
use super::difference::Difference;
use super::{AgentEvent, Finding, Machine, RepairReason, mend};
use crate::prompts;
use crate::protocol::{elements, show_text, without_thoughts};

/// How a reviewer says that all is well: one of these, alone on a line.
const OK: [&str; 3] = ["<ok/>", "<ok />", "<ok>"];
const FINDINGS: usize = 10;
const MESSAGE_CHARS: usize = 500;

impl Machine {
    /// All checks hold: what else is to be done before the turn is over.
    pub(super) fn passed(&mut self) {
        self.guard.drop_good();
        if self.changed.is_empty() {
            return self.finish(true);
        }
        let difference = Difference::between(&self.guard.before, self.stage.base());
        let is_reviewed = self.guard.is_reviewed || self.turn.roles.reviewer.is_none();
        if !is_reviewed && !difference.is_small() {
            return self.begin_review(&difference);
        }
        if self.wants_tests(&difference) {
            self.begin_tests(&difference);
        } else {
            self.finish(true);
        }
    }

    fn begin_review(&mut self, difference: &Difference) {
        self.guard.is_reviewed = true;
        let plan: String = self.plan.iter().map(|item| format!("- {}\n", item.text)).collect();
        let ask = prompts::review(
            &show_text(self.turn.prompt.trim()),
            &show_text(plan.trim_end()),
            &difference.shown(),
        );
        self.call_aside(Aside::Review, "Reading the change", asks(ask));
    }

    /// The review is over. An answer that is not understood is as if there had been none: nobody is told of it.
    pub(super) fn reviewed(&mut self, answer: &str) {
        let read = findings(answer, |path| self.stage.files().contains_key(path));
        let Some(findings) = read else { return self.passed() };
        self.emit(AgentEvent::ReviewFinished { findings: findings.clone() });
        if findings.is_empty() {
            return self.passed();
        }
        self.guard.keep_good(self.stage.base());
        let paths: Vec<FilePath> = findings.iter().filter_map(|found| found.path.clone()).collect();
        let (files, shown) = mend::whole_files(&paths, self.stage.files());
        shown.iter().for_each(|path| self.stage.shown(path));
        let ask = prompts::repair_review(&mend::findings(&findings), &files);
        self.call_repair(RepairReason::Review, 1, ask, None);
    }
}

/// What a reviewer's answer finds; nothing where it says that all is well, `None` where it is not understood.
fn findings(answer: &str, exists: impl Fn(&FilePath) -> bool) -> Option<Vec<Finding>> {
    let answer = &without_thoughts(answer);
    let read = |element: &crate::protocol::Element<'_>| {
        let words = element.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let message: String = words.chars().take(MESSAGE_CHARS).collect();
        let path = element.value("path").and_then(|path| FilePath::parse(path).ok());
        let path = path.filter(|path| exists(path));
        (!message.is_empty()).then_some(Finding { path, message })
    };
    let mut said = elements(answer, "finding", FINDINGS);
    // One that broke off in mid-sentence says nothing that is certain.
    said.pop_if(|last| !last.closed);
    let found: Vec<Finding> = said.iter().filter_map(read).collect();
    // A finding counts whatever else is said: one that names `<ok/>` is a finding.
    let is_ok =
        || answer.lines().any(|line| OK.iter().any(|ok| line.trim().eq_ignore_ascii_case(ok)));
    (!found.is_empty() || is_ok()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_findings_in_their_form_count() {
        let exists = |path: &FilePath| path.as_str() == "src/a.ts";
        let read = |answer: &str| findings(answer, exists);
        for nothing in [
            "",
            "Looks fine to me.",
            "<finding> </finding>",
            "<find",
            "<finding>half a",
            "I will not answer <ok/>, nor <okay>.",
            "<think>\n<ok/>\n</think>\nHm.",
            "<think>\n<finding>a draft of one</finding>\n",
            "\u{1F600}<finding",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        for well in [
            "<ok/>",
            "All there.\n<OK />",
            "  <ok>",
            "<ok/>\n<finding>half a",
            "<think>Or is it?\n<finding>x</finding>\n</think>\n<ok/>",
        ] {
            assert_eq!(read(well), Some(Vec::new()), "{well}");
        }
        for found in [
            "<finding>The button says <ok/></finding>",
            "<ok/>\n<finding>The button says <ok/></finding>",
            "<think>All well? <ok/>\n</think>\n<finding>The button says <ok/></finding>\n<ok/>",
        ] {
            assert_eq!(read(found).unwrap()[0].message, "The button says <ok/>", "{found}");
        }
        let found = read(
            "Hm.\n<finding path=\"src/a.ts\">No\n  empty state.</finding><finding path=\"../../etc\">No undo</finding>",
        ).unwrap();
        assert_eq!(found[0].path.as_deref().map(AsRef::as_ref), Some("src/a.ts"));
        assert_eq!(found[0].message, "No empty state.");
        assert_eq!((found[1].path.clone(), found[1].message.as_str()), (None, "No undo"));
        assert_eq!(read(&"<finding>x</finding>".repeat(99)).unwrap().len(), FINDINGS);
        assert_eq!(
            read(&format!("<finding>{}</finding>", "x".repeat(9_000))).unwrap()[0].message.len(),
            MESSAGE_CHARS
        );
    }
}
