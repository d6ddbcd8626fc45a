//! How deep a script's syntax can nest. Parsers and what follows them recurse, and a stack that
//! overflows ends the whole server: sources that go too deep are refused before they are parsed.
//!
//! The bound counts the tokens that are open at once: brackets, and whatever stands between two
//! places where an expression or statement surely ends. It is never below the true depth of the
//! syntax tree, and stays far below [`LIMIT`] for what people and minifiers write.

/// The most that is taken: twice the deepest of 50,108 scripts of installed packages (2,229, a
/// hand-written parser's table; minified ones stay below 500). The bundler's stacks hold far more.
pub(super) const LIMIT: usize = 5_000;

/// Whether a script nests deeper than [`LIMIT`].
pub(super) fn is_too_deep(code: &str) -> bool {
    depth(code, LIMIT) > LIMIT
}

/// The bound; counting ends soon after it passes `enough`.
pub(super) fn depth(code: &str, enough: usize) -> usize {
    let mut scanner = Scanner::new(code.as_bytes());
    while scanner.deepest <= enough && scanner.token() {}
    scanner.deepest
}

/// What the last token means for a `/` that follows it, and for a `{`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// An operand: `/` divides it.
    Value,
    /// An operator, or nothing yet: `/` begins a pattern, `{` an object.
    Operator,
    /// `if`, `for`, `while`, `with`: what follows their brackets is a statement.
    Control,
    /// What a statement may follow: `/` begins a pattern, `{` a block.
    Statement,
    /// `.`: a word is a name, whatever it says.
    Dot,
}

struct Level {
    open: u8,
    /// Tokens since the last sure end.
    count: usize,
    /// What the closing bracket counts as.
    after: Last,
}

struct Scanner<'a> {
    code: &'a [u8],
    at: usize,
    levels: Vec<Level>,
    /// Tokens open at once, and the most that there were.
    total: usize,
    deepest: usize,
    last: Last,
    /// A `;` or `}` was seen: the next token tells whether the statement goes on.
    may_end: bool,
}

/// Words that go on with a statement after a `}` or `;`.
const GOING_ON: &[&[u8]] =
    &[b"else", b"while", b"catch", b"finally", b"instanceof", b"in", b"of", b"as", b"from"];
const CONTROL: &[&[u8]] = &[b"if", b"for", b"while", b"with"];
const BEFORE_VALUE: &[&[u8]] = &[
    b"return",
    b"typeof",
    b"case",
    b"delete",
    b"void",
    b"throw",
    b"new",
    b"in",
    b"of",
    b"instanceof",
    b"yield",
    b"await",
    b"default",
    b"extends",
];
const BEFORE_STATEMENT: &[&[u8]] = &[b"else", b"do", b"try", b"finally", b"static"];

impl<'a> Scanner<'a> {
    fn new(code: &'a [u8]) -> Self {
        let levels = vec![Level { open: 0, count: 0, after: Last::Statement }];
        Self { code, at: 0, levels, total: 0, deepest: 0, last: Last::Statement, may_end: false }
    }

    /// Takes one token; `false` at the end.
    fn token(&mut self) -> bool {
        let Some(&byte) = self.code.get(self.at) else { return false };
        let next = self.code.get(self.at + 1).copied().unwrap_or(0);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            b'/' if next == b'/' => self.skip_to(b"\n"),
            b'/' if next == b'*' => {
                self.at += 2;
                self.skip_to(b"*/");
            }
            b'"' | b'\'' => {
                self.quoted(byte);
                self.count(Last::Value);
            }
            b'`' => {
                self.at += 1;
                self.count(Last::Value);
                self.template();
            }
            b'/' if self.last != Last::Value => {
                self.pattern();
                self.count(Last::Value);
            }
            b'(' | b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => self.close(),
            b';' | b',' => {
                self.at += 1;
                self.may_end = byte == b';';
                if byte == b',' {
                    self.end();
                }
                self.last = if byte == b';' { Last::Statement } else { Last::Operator };
            }
            _ if is_word(byte) => self.word(),
            _ => self.operator(byte, next),
        }
        true
    }

    /// Counts a token of the present level.
    fn count(&mut self, last: Last) {
        if std::mem::take(&mut self.may_end) && last == Last::Statement {
            self.end();
        }
        if let Some(level) = self.levels.last_mut() {
            level.count += 1;
            self.total += 1;
        }
        self.deepest = self.deepest.max(self.total);
        self.last = last;
    }

    /// The present level begins anew.
    fn end(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            self.total -= std::mem::take(&mut level.count);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while self.code.get(self.at).is_some_and(|b| is_word(*b)) {
            self.at += 1;
        }
        let word = &self.code[start..self.at];
        if std::mem::take(&mut self.may_end) && !GOING_ON.contains(&word) {
            self.end();
        }
        let is = |list: &[&[u8]]| self.last != Last::Dot && list.contains(&word);
        let last = if is(CONTROL) {
            Last::Control
        } else if is(BEFORE_VALUE) {
            Last::Operator
        } else if is(BEFORE_STATEMENT) {
            Last::Statement
        } else {
            Last::Value
        };
        self.may_end = false;
        self.count(last);
    }

    fn operator(&mut self, byte: u8, next: u8) {
        let doubled = byte == next && matches!(byte, b'+' | b'-');
        self.at += if doubled || (byte == b'=' && next == b'>') { 2 } else { 1 };
        self.may_end = false;
        let last = match byte {
            b'.' => Last::Dot,
            // `a++` is an operand, as `a` is.
            _ if doubled => self.last,
            b'=' if next == b'>' => Last::Statement,
            _ => Last::Operator,
        };
        self.count(last);
    }

    fn open(&mut self, byte: u8) {
        self.at += 1;
        let after = match (byte, self.last) {
            (b'(', Last::Control) => Last::Statement,
            (b'{', Last::Operator) | (b'(' | b'[', _) => Last::Value,
            (_, _) => Last::Statement,
        };
        let begins_statement = byte == b'{' && self.last == Last::Statement;
        if std::mem::take(&mut self.may_end) && begins_statement {
            self.end();
        }
        let inner =
            if byte == b'{' && after == Last::Statement { Last::Statement } else { Last::Operator };
        self.count(inner);
        self.levels.push(Level { open: byte, count: 0, after });
    }

    fn close(&mut self) {
        self.at += 1;
        if self.levels.len() > 1
            && let Some(level) = self.levels.pop()
        {
            self.total -= level.count;
            if level.open == b'$' {
                self.template();
                return;
            }
            self.last = level.after;
            self.may_end = level.open == b'{';
        }
    }

    /// The text of a template up to its end or its next `${`.
    fn template(&mut self) {
        self.may_end = false;
        while let Some(&byte) = self.code.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => {
                    self.last = Last::Value;
                    return;
                }
                b'$' if self.code.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    self.count(Last::Operator);
                    self.levels.push(Level { open: b'$', count: 0, after: Last::Value });
                    return;
                }
                _ => {}
            }
        }
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.code.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }

    fn pattern(&mut self) {
        self.at += 1;
        let mut in_class = false;
        while let Some(&byte) = self.code.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return,
                b'\n' => return,
                _ => {}
            }
        }
    }

    fn skip_to(&mut self, end: &[u8]) {
        let rest = &self.code[self.at.min(self.code.len())..];
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at = found.map_or(self.code.len(), |at| self.at + at + end.len());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\')
        || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn deep(code: &str) -> usize {
        depth(code, usize::MAX)
    }

    #[test]
    fn every_way_to_nest_is_counted() {
        for part in [
            "(",
            "[",
            "{",
            "!",
            "- ",
            "typeof ",
            "a=>",
            "`${",
            "a?b:",
            "x=",
            "a.",
            "a**",
            "1+",
            "if(a)",
            "if(a){}else ",
            "if(a);else ",
            "for(;;)",
            "do ",
            "l:",
            "()",
            "[0]",
            "new ",
            "a\n+",
            "{}+",
            "/\"/+",
            "(/(/)+",
            "if(a)/\"/+",
            "'('+",
            "\"\\\"\"+",
            "async()=>",
            "class extends ",
            "`a`+",
            "function(){return ",
            "x/*(*/+",
            "x//(\n+",
            "()=>{}/\"/+",
            "a++/\"/+",
            "a.if/b+",
        ] {
            let count = deep(&part.repeat(1_000));
            assert!(count >= 1_000, "{part}: {count}");
        }
    }

    #[test]
    fn long_is_not_deep() {
        for part in [
            "f(a, b);",
            "const a = 1;\n",
            "function f() { return /[(]/.test(\"(\") }\n",
            "x = { a: 1, b: [1, 2, 3] },",
            "if (a) { b() }\nelse { c() }\n",
            "case 1: return `a${b}c`;",
            "a = '(';",
            "b = a / 2; c = /\\/(/g;",
            "class A { m() {} get x() { return 1 } }\n",
            "// (((\n/* ((( */",
        ] {
            let count = deep(&part.repeat(2_000));
            assert!(count < 100, "{part}: {count}");
        }
    }

    #[test]
    fn hidden_nesting_is_found() {
        let brackets = "(".repeat(1_000);
        for hiding in [
            "if(a)/\"/.b;",
            "{}/\"/.b;",
            "a={}\n/1;",
            "`${`\"`}`;",
            "x=/[/\"]/;",
            "a\n/1/\"\"+\"\";",
            "return/\"/;",
        ] {
            assert!(deep(&format!("{hiding}{brackets}")) >= 1_000, "{hiding}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(code in "\\PC{0,80}") {
            prop_assert!(deep(&code) <= code.len() * 2 + 2);
        }
    }
}
