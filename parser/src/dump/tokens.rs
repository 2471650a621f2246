//! `--print-tokens`: one token per line.
//!
//! Division and regular expressions are told apart by the token before, since there is no parser here; braces that close a
//! template substitution are tracked.

use super::push_json_string;
use crate::Goal;
use crate::lexer::{Lexer, Tok, Token};
use crate::span::LineTable;
use bumpalo::Bump;
use std::fmt::Write;

/// The tokens of a source: `line:column kind text`.
pub fn print_tokens(source: &[u8], goal: Goal) -> String {
    let arena = Bump::new();
    let mut lexer = Lexer::new(&arena, source, source.len(), goal != Goal::Module);
    let lines = LineTable::new();
    let mut out = String::new();
    let mut previous = Tok::Semicolon;
    // Open braces: true for `${`.
    let mut braces = Vec::new();
    loop {
        let mut token = lexer.next();
        let start = token.start;
        let kind = match token.kind {
            Tok::Template => template(&mut lexer, start + 1, &mut braces),
            Tok::LBrace => {
                braces.push(false);
                "Punctuator"
            }
            Tok::RBrace => match braces.pop() {
                Some(true) => template(&mut lexer, start + 1, &mut braces),
                _ => "Punctuator",
            },
            Tok::Slash | Tok::SlashAssign if !ends_operand(previous) => {
                lexer.position = regexp_end(source, start as usize);
                "RegExp"
            }
            _ => kind_name(&token),
        };
        token.end = lexer.position.max(start as usize) as u32;
        previous = token.kind;
        let place = lines.line_column(source, start);
        let _ = write!(out, "{}:{}\t{kind}", place.line, place.column);
        if token.kind == Tok::End {
            out.push('\n');
            return out;
        }
        out.push('\t');
        push_json_string(
            &mut out,
            &source[start as usize..(token.end as usize).min(source.len())],
        );
        if token.newline_before {
            out.push_str("\tnewline");
        }
        if token.escaped {
            out.push_str("\tescaped ");
            push_json_string(&mut out, lexer.names.bytes(token.name));
        }
        out.push('\n');
        if token.kind == Tok::Error && lexer.position <= start as usize {
            lexer.position = start as usize + 1;
        }
    }
}

fn template(lexer: &mut Lexer<'_>, start: u32, braces: &mut Vec<bool>) -> &'static str {
    match lexer.template_piece(start as usize) {
        Some(piece) => {
            if !piece.tail {
                braces.push(true);
            }
            "Template"
        }
        None => {
            lexer.position = lexer.source.len();
            "Error"
        }
    }
}

fn kind_name(token: &Token) -> &'static str {
    match token.kind {
        Tok::End => "End",
        Tok::Error => "Error",
        Tok::Number => "Number",
        Tok::BigInt => "BigInt",
        Tok::String => "String",
        Tok::PrivateName => "PrivateName",
        Tok::Ident | Tok::Let | Tok::Static | Tok::Yield | Tok::Await => "Identifier",
        kind if kind.is_identifier_name() => "Keyword",
        _ => "Punctuator",
    }
}

/// Whether a `/` after this token divides.
fn ends_operand(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::RParen
            | Tok::RBracket
            | Tok::RBrace
            | Tok::Ident
            | Tok::Number
            | Tok::BigInt
            | Tok::String
            | Tok::Template
            | Tok::PrivateName
            | Tok::This
            | Tok::Super
            | Tok::Null
            | Tok::True
            | Tok::False
            | Tok::PlusPlus
            | Tok::MinusMinus
            | Tok::Slash
            | Tok::Let
            | Tok::Static
    )
}

fn regexp_end(source: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    let mut in_class = false;
    while let Some(&byte) = source.get(at) {
        match byte {
            b'\n' | b'\r' => return at,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => {
                at += 1;
                while source.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                    at += 1;
                }
                return at;
            }
            _ => {}
        }
        at += 1;
    }
    source.len()
}
