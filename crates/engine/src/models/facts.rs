//! What is known of projects' files, kept from turn to turn, so that only what has changed is read again.

use std::sync::{Mutex, PoisonError};

use qv_domain::ProjectId;
use qv_pfc::FactsCache;

/// Projects that are kept at most, and bytes of all of them together; the ones used longest ago go first.
const MOST_PROJECTS: usize = 100;
const MOST_BYTES: usize = 64 << 20;

/// The caches, the one used last at the end. Each knows files by their contents, so none can be out of date.
#[derive(Debug, Default)]
pub(crate) struct KnownFacts(Mutex<Vec<(ProjectId, FactsCache)>>);

impl KnownFacts {
    /// Takes what is known of a project; nothing where another turn has it, or it was never looked at.
    pub(crate) fn take(&self, project: ProjectId) -> FactsCache {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(id, _)| *id == project);
        at.map(|at| known.remove(at).1).unwrap_or_default()
    }

    /// Keeps what is known of a project by now.
    pub(crate) fn put_back(&self, project: ProjectId, facts: FactsCache) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(id, _)| *id != project);
        known.push((project, facts));
        forget_oldest(&mut known, MOST_PROJECTS, MOST_BYTES);
    }
}

fn forget_oldest(known: &mut Vec<(ProjectId, FactsCache)>, projects: usize, most: usize) {
    let mut bytes: usize = known.iter().map(|(_, facts)| facts.bytes()).sum();
    let mut gone = 0;
    for (_, facts) in known.iter() {
        if known.len() - gone <= projects && bytes <= most {
            break;
        }
        bytes -= facts.bytes();
        gone += 1;
    }
    known.drain(..gone);
}

#[cfg(test)]
mod tests {
    use qv_domain::FilePath;
    use qv_pfc::{PackRequest, Scope, SourceFile, pack};

    use super::*;

    /// What is known of a project of one file.
    fn facts(text: &str) -> FactsCache {
        let path = FilePath::parse("src/a.ts").unwrap();
        let files = [SourceFile { path: &path, text: Some(text), bytes: text.len() as u64 }];
        let request = PackRequest {
            scale: qv_pfc::Scale::of("gpt-5"),
            files: &files,
            prompt: "x",
            past: &[],
            errors: &[],
            open: &[],
            picked: None,
            scope: Scope::Part,
            slices: false,
            budget: 1_000,
        };
        let mut facts = FactsCache::default();
        let _ = pack(&request, &mut facts);
        facts
    }

    fn id(at: u8) -> ProjectId {
        format!("00000000-0000-0000-0000-0000000000{at:02x}").parse().unwrap()
    }

    #[test]
    fn what_was_used_longest_ago_is_forgotten() {
        let known = KnownFacts::default();
        for at in 0..=100 {
            known.put_back(id(at), facts("let a = 1;"));
        }
        assert_eq!(known.take(id(0)).bytes(), 0);
        assert!(known.take(id(1)).bytes() > 0);
        // Whoever takes it has it alone.
        assert_eq!(known.take(id(1)).bytes(), 0);
    }

    #[test]
    fn no_more_bytes_are_kept_than_may_be() {
        let text: String = (0..500).map(|at| format!("word{at} ")).collect();
        let mut known: Vec<_> = (0..4).map(|at| (id(at), facts(&text))).collect();
        let one = known[0].1.bytes();
        assert!(one > 500 * 8, "{one}");
        forget_oldest(&mut known, 9, 2 * one + 1);
        assert_eq!(known.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [id(2), id(3)]);
        forget_oldest(&mut known, 9, one - 1);
        assert!(known.is_empty());
    }
}
