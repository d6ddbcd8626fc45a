//! However a file looks, its outline is read, and its chunks are all of its lines, in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qv_pfc::outline;

const ENDINGS: [&str; 10] =
    ["ts", "tsx", "js", "css", "scss", "html", "json", "vue", "svelte", "md"];

fuzz_target!(|input: (u8, &[u8])| {
    let (seed, bytes) = input;
    let text = String::from_utf8_lossy(bytes);
    let ending = ENDINGS[usize::from(seed) % ENDINGS.len()];
    let found = outline(&format!("src/File.{ending}"), &text);
    let mut next = 1;
    for chunk in &found.chunks {
        assert_eq!(chunk.first, next);
        assert!(chunk.last >= chunk.first);
        next = chunk.last + 1;
    }
    assert_eq!(next as usize, text.lines().count() + 1);
    for symbol in &found.symbols {
        assert!(symbol.lines.first >= 1 && symbol.lines.first <= symbol.lines.last);
    }
});
