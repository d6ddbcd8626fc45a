//! However bytes are cut, the parser finds the same, and no open file stays open.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qv_agent::protocol::{Accept, Parser, Token, Utf8Joiner};

fuzz_target!(|input: (u8, &[u8])| {
    let (seed, bytes) = input;
    let whole = parse(std::iter::once(bytes));
    assert_eq!(whole, parse(bytes.chunks(1)), "byte by byte");
    assert_eq!(whole, parse(bytes.chunks(usize::from(seed % 31) + 2)), "in pieces");
    let mut open = false;
    for token in &whole {
        match token {
            Token::Opened { .. } => {
                assert!(!open);
                open = true;
            }
            Token::Closed(_) => {
                assert!(open);
                open = false;
            }
            Token::Text(_) | Token::Block(_) => assert!(open),
            _ => {}
        }
    }
    assert!(!open);
});

fn parse<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Token> {
    let (mut joiner, mut parser) = (Utf8Joiner::default(), Parser::new(Accept::Edits));
    let mut tokens: Vec<Token> = Vec::new();
    let mut add = |found: Vec<Token>| {
        for token in found {
            match (tokens.last_mut(), token) {
                (Some(Token::Prose(last)), Token::Prose(text))
                | (Some(Token::Thinking(last)), Token::Thinking(text))
                | (Some(Token::Text(last)), Token::Text(text)) => last.push_str(&text),
                (_, token) => tokens.push(token),
            }
        }
    };
    for piece in pieces {
        add(parser.push(&joiner.push(piece)));
    }
    add(parser.push(&joiner.finish()));
    add(parser.finish());
    tokens
}
