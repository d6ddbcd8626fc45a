//! The peers that need no program of their own: what they send is told by their sources (`bench.py`).

use std::collections::HashMap;

use crate::answer;
use crate::charge::Call;
use crate::corpus::{Kind, Turn};
use crate::repo::{Repo, Snapshot};
use crate::{Fault, tokens};

/// Fixed texts of bolt.diy 2e254ac, in o200k tokens.
const SYSTEM: u64 = 2_566;
const SUMMARY_SYSTEM: u64 = 440;
const SELECT_SYSTEM: u64 = 241;
const SELECT_FIXED: u64 = 157;
const SUMMARY_OUT: u64 = 450;

/// The peers' rows that are not computed here, on the open half (from its README): name, input, output, dollars per
/// 1,000 turns, the same with caching.
pub(crate) const PUBLISHED: [(&str, f64, f64, f64, f64); 5] = [
    ("Dyad build mode", 107_487.0, 4_532.0, 390.0, 313.0),
    ("bolt.diy, context optimisation off", 131_253.0, 4_514.0, 461.0, 159.0),
    ("aider, 1k map, told the right files", 10_849.0, 1_547.0, 56.0, 51.0),
    ("BM25 + recency, 5 files, second call", 18_302.0, 1_576.0, 79.0, 62.0),
    ("floor: right files, minimal edit", 4_263.0, 1_166.0, 30.0, 30.0),
];

/// Sizes of texts that are asked for again and again.
#[derive(Default)]
pub(crate) struct Sizes {
    blobs: HashMap<String, u64>,
    tags: HashMap<(&'static str, String), u64>,
}

impl Sizes {
    fn blob(&mut self, repo: &mut Repo, id: &str) -> Result<Option<u64>, Fault> {
        if let Some(size) = self.blobs.get(id) {
            return Ok(Some(*size));
        }
        let Some(text) = repo.text(id)? else { return Ok(None) };
        let size = tokens(&text);
        self.blobs.insert(id.to_owned(), size);
        Ok(Some(size))
    }

    fn tag(&mut self, form: &'static str, path: &str) -> u64 {
        let key = (form, path.to_owned());
        *self.tags.entry(key).or_insert_with(|| tokens(&form.replace("{p}", path)))
    }
}

const TAG: &str = "<boltAction type=\"file\" filePath=\"{p}\"></boltAction>\n";
const OUT: &str =
    "<boltAction type=\"file\" filePath=\"{p}\" contentType=\"text/plain\">\n</boltAction>\n";

/// Every file in, whole files out.
pub(crate) fn naive(
    turn: &Turn,
    snapshot: &Snapshot,
    repo: &mut Repo,
    sizes: &mut Sizes,
) -> Result<Vec<Call>, Fault> {
    let mut segs = vec![("sys".to_owned(), SYSTEM)];
    for (path, blob) in snapshot {
        if let Some(size) = sizes.blob(repo, &blob.id)? {
            segs.push((format!("{path}@{}", blob.id), size + sizes.tag(TAG, path)));
        }
    }
    segs.push((format!("u:{}", turn.id), tokens(&turn.prompt())));
    Ok(vec![Call { kind: "main", segs, out: whole_out(turn, repo, sizes)? }])
}

/// bolt.diy's default: a summary, a choice of files (here the right ones), the answer.
pub(crate) fn bolt(
    turn: &Turn,
    before: Option<&Turn>,
    snapshot: &Snapshot,
    repo: &mut Repo,
    sizes: &mut Sizes,
) -> Result<Vec<Call>, Fault> {
    let ask = tokens(&turn.prompt());
    let mut chat = match before {
        None => 150,
        Some(_) => 60 + answer::PROSE,
    };
    match before {
        None => chat += snapshot.keys().map(|path| sizes.tag(OUT, path) + 8).sum::<u64>(),
        Some(last) => {
            chat += last.files.iter().map(|file| sizes.tag(OUT, &file.path) + 8).sum::<u64>();
        }
    }
    let key = |kind: &str| format!("{kind}:{}", turn.id);
    let summary = Call {
        kind: "sum",
        segs: vec![
            ("ss".to_owned(), SUMMARY_SYSTEM),
            ("old".to_owned(), 60 + if before.is_some() { SUMMARY_OUT } else { 1 }),
            (key("new"), chat + ask + 40),
        ],
        out: SUMMARY_OUT,
    };
    let paths = snapshot.keys().map(|path| sizes.tag("- /home/project/{p}\n", path)).sum();
    let picks: Vec<&str> = turn.needed().take(5).map(|file| file.path.as_str()).collect();
    let mut picked = 30;
    let mut context = 80;
    for path in picks {
        picked += sizes.tag("<includeFile path=\"{p}\"/>\n", path);
        if let Some(blob) = snapshot.get(path) {
            context += sizes.blob(repo, &blob.id)?.unwrap_or(0) + sizes.tag(TAG, path);
        }
    }
    let select = Call {
        kind: "sel",
        segs: vec![
            ("cs".to_owned(), SELECT_SYSTEM),
            (key("paths"), paths),
            ("u".to_owned(), SELECT_FIXED + SUMMARY_OUT + ask),
        ],
        out: picked,
    };
    let mut segs =
        vec![("sys".to_owned(), SYSTEM), (key("ctx"), context), (key("summary"), SUMMARY_OUT + 20)];
    match before {
        None => segs.extend([("setup-u".to_owned(), 10), ("setup-a".to_owned(), 90)]),
        Some(last) => segs.extend([
            (format!("u:{}", last.id), tokens(&last.prompt())),
            (format!("a:{}", last.id), whole_out(last, repo, sizes)?),
        ]),
    }
    segs.push((key("u"), ask));
    let main = Call { kind: "main", segs, out: whole_out(turn, repo, sizes)? };
    Ok(vec![summary, select, main])
}

fn whole_out(turn: &Turn, repo: &mut Repo, sizes: &mut Sizes) -> Result<u64, Fault> {
    let mut out = answer::PROSE + 40;
    for file in &turn.files {
        out += sizes.tag(OUT, &file.path);
        if let (true, Some(new)) = (file.st != Kind::Deleted, &file.new) {
            out += sizes.blob(repo, new)?.unwrap_or(0);
        }
    }
    Ok(out)
}
