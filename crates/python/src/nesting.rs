//! How deep the expressions and blocks of a program are nested.
//!
//! The parser and the compiler call themselves for each level, and do not look at their
//! stack. The image is compiled with a copy of the interpreter that asks here before it
//! parses (`patches/interpreter.limits`), and raises a RecursionError.
//!
//! The depth is estimated from the tokens: it is never less than what the parser needs, and
//! more only in expressions that nobody writes by hand, as a sum of hundreds of terms.

use crate::platform;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// How many operators, calls and the like may be nested where nothing else is on the stack.
/// In Chromium the stack is full at 800 nested lambdas or 1500 signs.
const MOST_NESTED: usize = 800;

/// How many blocks may be nested, as in CPython. The stack is full at 300 nested functions.
const MOST_BLOCKS: usize = 100;

/// How many branches one `if` may have. The stack is full at 3500.
const MOST_BRANCHES: usize = 1500;

/// What is open in a bracket, or in a line outside of all brackets.
#[derive(Default)]
struct Region {
    /// How deep the expression that is being read is nested here.
    depth: usize,
    /// How many lambdas have not come to their colon, so that a comma separates parameters.
    parameters: usize,
}

/// Whether a source is nested more deeply than the stack of this thread allows.
#[unsafe(no_mangle)]
fn manyhands_is_nested_too_deeply(source: &str) -> bool {
    // Where nothing is nested, there are not that many tokens either.
    source.len() > 100
        && exceeds(
            source,
            (MOST_NESTED as f64 * platform::stack_left()) as usize,
        )
}

/// Whether a source is nested more deeply than this, or has too many blocks in each other.
fn exceeds(source: &str, most: usize) -> bool {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut open = vec![Region::default()];
    // The depths of all regions together.
    let mut depth = 0;
    // For each block that is open, how many branches of `if` were seen in it.
    let mut blocks = vec![0];
    loop {
        let mut deeper = 0;
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Indent => blocks.push(0),
            TokenKind::Dedent => drop(blocks.pop()),
            TokenKind::Elif => blocks.last_mut().into_iter().for_each(|seen| *seen += 1),
            TokenKind::Newline | TokenKind::Semi => {
                open.truncate(1);
                open[0] = Region::default();
                depth = 0;
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart
            | TokenKind::Plus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::Vbar
            | TokenKind::Amper
            | TokenKind::CircumFlex
            | TokenKind::LeftShift
            | TokenKind::RightShift
            | TokenKind::At
            | TokenKind::Dot
            | TokenKind::If => deeper = 1,
            TokenKind::Minus
            | TokenKind::Tilde
            | TokenKind::Not
            | TokenKind::DoubleStar
            | TokenKind::ColonEqual
            | TokenKind::Lambda
            | TokenKind::Await
            | TokenKind::Yield => deeper = 2,
            _ => {}
        }
        if let Some(region) = open.last_mut() {
            region.depth += deeper;
            depth += deeper;
            match kind {
                TokenKind::Lambda => region.parameters += 1,
                TokenKind::Colon => region.parameters = region.parameters.saturating_sub(1),
                TokenKind::Comma if region.parameters == 0 => {
                    depth -= std::mem::take(&mut region.depth);
                }
                _ => {}
            }
        }
        match kind {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => open.push(Region::default()),
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd
                if open.len() > 1 =>
            {
                depth -= open.pop().map_or(0, |region| region.depth);
            }
            _ => {}
        }
        let branches = blocks.last().copied().unwrap_or_default();
        if depth > most || blocks.len() > MOST_BLOCKS || branches > MOST_BRANCHES {
            return true;
        }
    }
}
