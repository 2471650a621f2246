//! Patterns to syntax trees: the grammar of ECMA-262 with Annex B, named groups, modifiers, `u` and `v`.
//!
//! Errors are V8's texts. Nesting is limited to [`MAX_DEPTH`], so that neither this nor the compiler nor the matcher,
//! which recurse over the tree, can run out of native stack.

use super::Flags;
use super::ast::{Look, Node, Pattern, Repeat};
use super::charset::CodePointSet;
use super::unicode::{self, CaseMode};
use crate::text::{is_lead_surrogate, is_trail_surrogate};

/// Groups and classes inside each other.
const MAX_DEPTH: u32 = 600;
/// As in V8.
const MAX_CAPTURES: u32 = (1 << 16) - 1;

pub(super) type ParseResult<T> = Result<T, &'static str>;

/// Flags that groups can change.
#[derive(Clone, Copy)]
pub(super) struct Modifiers {
    pub ignore_case: bool,
    multiline: bool,
    dot_all: bool,
}

/// A named group: name, number, and the alternative of each enclosing disjunction it stands in.
struct NamedGroup {
    name: Vec<u16>,
    index: u32,
    path: Vec<(u32, u32)>,
}

pub(super) struct Parser {
    /// Code points with `u` or `v`, else code units.
    pub(super) input: Vec<u32>,
    pub(super) at: usize,
    pub(super) unicode: bool,
    pub(super) sets: bool,
    pub(super) modifiers: Modifiers,
    pub(super) depth: u32,
    /// Groups opened so far.
    groups: u32,
    /// Groups in the whole pattern, and their names, from a first pass.
    total_groups: u32,
    all_names: Vec<(Vec<u16>, u32)>,
    named: Vec<NamedGroup>,
    path: Vec<(u32, u32)>,
    disjunctions: u32,
}

/// Parses a pattern.
pub(super) fn parse(pattern: crate::text::StrView<'_>, flags: Flags) -> ParseResult<Pattern> {
    let unicode = flags.contains(Flags::UNICODE) || flags.contains(Flags::UNICODE_SETS);
    let input = if unicode {
        pattern.code_points().collect()
    } else {
        pattern.units().map(u32::from).collect()
    };
    let mut parser = Parser {
        input,
        at: 0,
        unicode,
        sets: flags.contains(Flags::UNICODE_SETS),
        modifiers: Modifiers {
            ignore_case: flags.contains(Flags::IGNORE_CASE),
            multiline: flags.contains(Flags::MULTILINE),
            dot_all: flags.contains(Flags::DOT_ALL),
        },
        depth: 0,
        groups: 0,
        total_groups: 0,
        all_names: Vec::new(),
        named: Vec::new(),
        path: Vec::new(),
        disjunctions: 0,
    };
    parser.count_groups()?;
    let root = parser.disjunction()?;
    if parser.at < parser.input.len() {
        return Err("Unmatched ')'");
    }
    let mut names: Vec<(Vec<u16>, Vec<u32>)> = Vec::new();
    for group in parser.named {
        match names.iter_mut().find(|(name, _)| *name == group.name) {
            Some((_, indices)) => indices.push(group.index),
            None => names.push((group.name, vec![group.index])),
        }
    }
    Ok(Pattern {
        root,
        groups: parser.groups,
        names,
    })
}

const fn ch(c: char) -> u32 {
    c as u32
}

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.input.get(self.at).and_then(|&c| char::from_u32(c))
    }

    /// The code point `offset` further on, 0 past the end.
    pub(super) fn ahead(&self, offset: usize) -> u32 {
        self.input.get(self.at + offset).copied().unwrap_or(0)
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.input.len()
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.input.get(self.at) == Some(&ch(c));
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn eat_str(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(i, c)| self.input.get(self.at + i) == Some(&ch(c)));
        if found {
            self.at += text.len();
        }
        found
    }

    pub(super) fn case_mode(&self) -> CaseMode {
        if self.unicode {
            CaseMode::Fold
        } else {
            CaseMode::Upper
        }
    }

    pub(super) fn enter(&mut self) -> ParseResult<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err("Regular expression too large")
        } else {
            Ok(())
        }
    }

    /// Finds out how many groups there are and what they are called: `\1` and `\k` mean different things according
    /// to that.
    fn count_groups(&mut self) -> ParseResult<()> {
        let mut class_depth = 0u32;
        while let Some(&c) = self.input.get(self.at) {
            self.at += 1;
            match char::from_u32(c) {
                Some('\\') => self.at += 1,
                Some('[') if class_depth == 0 || self.sets => class_depth += 1,
                Some(']') => class_depth = class_depth.saturating_sub(1),
                Some('(') if class_depth == 0 => {
                    let is_named = self.ahead(0) == ch('?')
                        && self.ahead(1) == ch('<')
                        && self.ahead(2) != ch('=')
                        && self.ahead(2) != ch('!');
                    if is_named {
                        self.at += 2;
                        self.total_groups += 1;
                        let name = self.group_name()?;
                        self.all_names.push((name, self.total_groups));
                    } else if self.ahead(0) != ch('?') {
                        self.total_groups += 1;
                    }
                }
                _ => {}
            }
        }
        self.at = 0;
        if self.total_groups > MAX_CAPTURES {
            Err("Too many captures")
        } else {
            Ok(())
        }
    }

    fn disjunction(&mut self) -> ParseResult<Node> {
        self.enter()?;
        self.disjunctions += 1;
        self.path.push((self.disjunctions, 0));
        let mut alternatives = vec![self.alternative()?];
        while self.eat('|') {
            if let Some(last) = self.path.last_mut() {
                last.1 += 1;
            }
            alternatives.push(self.alternative()?);
        }
        self.path.pop();
        self.depth -= 1;
        Ok(match alternatives.pop() {
            Some(only) if alternatives.is_empty() => only,
            Some(last) => {
                alternatives.push(last);
                Node::Alternatives(alternatives)
            }
            None => Node::Empty,
        })
    }

    fn alternative(&mut self) -> ParseResult<Node> {
        let mut terms = Vec::new();
        while !self.at_end() && !matches!(self.peek(), Some('|' | ')')) {
            terms.push(self.term()?);
        }
        Ok(match terms.pop() {
            None => Node::Empty,
            Some(only) if terms.is_empty() => only,
            Some(last) => {
                terms.push(last);
                Node::Sequence(terms)
            }
        })
    }

    fn term(&mut self) -> ParseResult<Node> {
        let first_group = self.groups + 1;
        let c = self.ahead(0);
        let atom = match char::from_u32(c) {
            Some('^') => {
                self.at += 1;
                return Ok(Node::Start {
                    multiline: self.modifiers.multiline,
                });
            }
            Some('$') => {
                self.at += 1;
                return Ok(Node::End {
                    multiline: self.modifiers.multiline,
                });
            }
            Some('(') => {
                self.at += 1;
                let (node, quantifiable) = self.group()?;
                if !quantifiable {
                    return if self.quantifier()?.is_some() {
                        Err("Invalid quantifier")
                    } else {
                        Ok(node)
                    };
                }
                node
            }
            Some('*' | '+' | '?') => return Err("Nothing to repeat"),
            Some('{') if self.interval().is_some() => return Err("Nothing to repeat"),
            Some('{' | '}' | ']') if self.unicode => return Err("Lone quantifier brackets"),
            Some('.') => {
                self.at += 1;
                let excluded = if self.modifiers.dot_all {
                    CodePointSet::empty()
                } else {
                    unicode::line_terminators()
                };
                Node::Set(excluded.complement())
            }
            Some('[') => {
                self.at += 1;
                self.class()?
            }
            Some('\\') => {
                self.at += 1;
                match self.peek() {
                    Some(b @ ('b' | 'B')) => {
                        self.at += 1;
                        let folding = self.unicode && self.modifiers.ignore_case;
                        return Ok(Node::WordBoundary {
                            negated: b == 'B',
                            folding,
                        });
                    }
                    _ => self.atom_escape()?,
                }
            }
            _ => {
                self.at += 1;
                self.char_node(c)
            }
        };
        match self.quantifier()? {
            None => Ok(atom),
            Some((min, max, greedy)) => {
                let captures = (first_group, self.groups + 1);
                Ok(Node::Repeat(Box::new(Repeat {
                    body: atom,
                    min,
                    max,
                    greedy,
                    captures,
                })))
            }
        }
    }

    /// A literal character under the current flags.
    pub(super) fn char_node(&self, c: u32) -> Node {
        if !self.modifiers.ignore_case {
            return Node::Char(c);
        }
        let closed = unicode::case_closure(&CodePointSet::single(c), self.case_mode());
        if closed.few(1).is_some() {
            Node::Char(c)
        } else {
            Node::Set(closed)
        }
    }

    /// `{n}`, `{n,}` or `{n,m}` at the position, without consuming it: bounds and length.
    fn interval(&self) -> Option<(u32, u32, usize)> {
        let mut at = self.at + 1;
        let mut number = || {
            let start = at;
            let mut value = 0u32;
            while let Some(digit) = self
                .input
                .get(at)
                .and_then(|&c| char::from_u32(c))
                .and_then(|c| c.to_digit(10))
            {
                value = value.saturating_mul(10).saturating_add(digit);
                at += 1;
            }
            (at > start).then_some((value, at))
        };
        let (min, mut end) = number()?;
        let min = min.min(u32::MAX - 1);
        let mut max = min;
        if self.input.get(end) == Some(&ch(',')) {
            at = end + 1;
            end = at;
            max = u32::MAX;
            let start = at;
            let mut value = 0u32;
            while let Some(digit) = self
                .input
                .get(at)
                .and_then(|&c| char::from_u32(c))
                .and_then(|c| c.to_digit(10))
            {
                value = value.saturating_mul(10).saturating_add(digit);
                at += 1;
            }
            if at > start {
                (max, end) = (value, at);
            }
        }
        (self.input.get(end) == Some(&ch('}'))).then_some((min, max, end + 1 - self.at))
    }

    /// A quantifier, if there is one: least and most repetitions and whether it is greedy.
    fn quantifier(&mut self) -> ParseResult<Option<(u32, u32, bool)>> {
        let (min, max, len) = match self.peek() {
            Some('*') => (0, u32::MAX, 1),
            Some('+') => (1, u32::MAX, 1),
            Some('?') => (0, 1, 1),
            Some('{') => match self.interval() {
                Some((min, max, _)) if max < min => {
                    return Err("numbers out of order in {} quantifier");
                }
                Some(interval) => interval,
                None if self.unicode => return Err("Incomplete quantifier"),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.at += len;
        let greedy = !self.eat('?');
        Ok(Some((min, max, greedy)))
    }

    /// What follows `(`: the node and whether it may be quantified.
    fn group(&mut self) -> ParseResult<(Node, bool)> {
        if !self.eat('?') {
            self.groups += 1;
            let index = self.groups;
            let body = self.group_body()?;
            return Ok((Node::Capture(Box::new(body), index), true));
        }
        for (text, behind, negated) in [
            ("=", false, false),
            ("!", false, true),
            ("<=", true, false),
            ("<!", true, true),
        ] {
            if self.eat_str(text) {
                let body = self.group_body()?;
                // Annex B lets lookaheads be quantified.
                return Ok((
                    Node::Look(Box::new(Look {
                        body,
                        behind,
                        negated,
                    })),
                    !behind && !self.unicode,
                ));
            }
        }
        if self.eat(':') {
            return Ok((self.group_body()?, true));
        }
        if self.eat('<') {
            self.groups += 1;
            let index = self.groups;
            let name = self.group_name()?;
            self.declare_name(name, index)?;
            let body = self.group_body()?;
            return Ok((Node::Capture(Box::new(body), index), true));
        }
        let outer = self.modifiers;
        self.modifier_flags()?;
        let body = self.group_body()?;
        self.modifiers = outer;
        Ok((body, true))
    }

    /// A disjunction up to its `)`.
    fn group_body(&mut self) -> ParseResult<Node> {
        let body = self.disjunction()?;
        if self.eat(')') {
            Ok(body)
        } else {
            Err("Unterminated group")
        }
    }

    /// `ims-ims:` of a modifier group.
    fn modifier_flags(&mut self) -> ParseResult<()> {
        let mut seen = Vec::new();
        let mut removing = false;
        loop {
            let c = self.peek().ok_or("Invalid group")?;
            self.at += 1;
            match c {
                ':' => break,
                '-' if removing => return Err("Multiple dashes in flag group"),
                '-' => removing = true,
                'i' | 'm' | 's' => {
                    if seen.contains(&c) {
                        return Err("Repeated flag in flag group");
                    }
                    seen.push(c);
                    let flag = match c {
                        'i' => &mut self.modifiers.ignore_case,
                        'm' => &mut self.modifiers.multiline,
                        _ => &mut self.modifiers.dot_all,
                    };
                    *flag = !removing;
                }
                _ => return Err("Invalid group"),
            }
        }
        if seen.is_empty() {
            Err("Invalid flag group")
        } else {
            Ok(())
        }
    }

    /// Records a named group; the same name may only come again in another alternative.
    fn declare_name(&mut self, name: Vec<u16>, index: u32) -> ParseResult<()> {
        let exclusive = |path: &[(u32, u32)]| {
            path.iter()
                .any(|(id, alternative)| self.path.iter().any(|(i, a)| i == id && a != alternative))
        };
        if self
            .named
            .iter()
            .any(|g| g.name == name && !exclusive(&g.path))
        {
            return Err("Duplicate capture group name");
        }
        self.named.push(NamedGroup {
            name,
            index,
            path: self.path.clone(),
        });
        Ok(())
    }

    /// A RegExpIdentifierName and its `>`.
    fn group_name(&mut self) -> ParseResult<Vec<u16>> {
        const INVALID: &str = "Invalid capture group name";
        let mut name = Vec::new();
        loop {
            if self.eat('>') {
                return if name.is_empty() {
                    Err(INVALID)
                } else {
                    Ok(name)
                };
            }
            let c = self.name_char()?.and_then(char::from_u32).ok_or(INVALID)?;
            let valid = match c {
                '$' | '_' => true,
                '\u{200C}' | '\u{200D}' => !name.is_empty(),
                _ if name.is_empty() => unicode_id_start::is_id_start(c),
                _ => unicode_id_start::is_id_continue(c),
            };
            if !valid {
                return Err(INVALID);
            }
            name.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }

    /// One code point of a name: a surrogate pair counts as one even without `u`, and so do escapes.
    fn name_char(&mut self) -> ParseResult<Option<u32>> {
        if self.eat('\\') {
            if !self.eat('u') {
                return Err("Invalid Unicode escape");
            }
            return self
                .unicode_escape(true)
                .map(Some)
                .ok_or("Invalid Unicode escape");
        }
        let Some(&c) = self.input.get(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        if let (Ok(lead), Ok(trail)) = (u16::try_from(c), u16::try_from(self.ahead(0)))
            && is_lead_surrogate(lead)
            && is_trail_surrogate(trail)
        {
            self.at += 1;
            return Ok(Some(crate::text::join_surrogates(lead, trail)));
        }
        Ok(Some(c))
    }

    /// What follows a backslash outside of classes, other than `b` and `B`.
    fn atom_escape(&mut self) -> ParseResult<Node> {
        let Some(c) = self.peek() else {
            if self.at_end() {
                return Err("\\ at end of pattern");
            }
            let c = self.character_escape(false)?;
            return Ok(self.char_node(c));
        };
        match c {
            '1'..='9' => {
                if let Some(node) = self.back_reference()? {
                    return Ok(node);
                }
            }
            'k' if self.unicode || !self.all_names.is_empty() => {
                self.at += 1;
                return self.named_reference();
            }
            _ => {
                if let Some(set) = self.class_escape("Invalid property name")? {
                    return Ok(self.class_node(set));
                }
            }
        }
        let c = self.character_escape(false)?;
        Ok(self.char_node(c))
    }

    /// `\1` and so on; `None` where Annex B reads it as an octal or identity escape.
    fn back_reference(&mut self) -> ParseResult<Option<Node>> {
        let start = self.at;
        let mut number = 0u32;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(digit);
            self.at += 1;
        }
        if number <= self.total_groups {
            let ignore_case = self.modifiers.ignore_case;
            return Ok(Some(Node::BackReference {
                groups: vec![number],
                ignore_case,
            }));
        }
        self.at = start;
        if self.unicode {
            Err("Invalid escape")
        } else {
            Ok(None)
        }
    }

    fn named_reference(&mut self) -> ParseResult<Node> {
        if !self.eat('<') {
            return Err("Invalid named reference");
        }
        let name = self.group_name().map_err(|_| "Invalid named reference")?;
        let groups: Vec<u32> = self
            .all_names
            .iter()
            .filter(|(n, _)| *n == name)
            .map(|(_, i)| *i)
            .collect();
        if groups.is_empty() {
            return Err("Invalid named capture referenced");
        }
        Ok(Node::BackReference {
            groups,
            ignore_case: self.modifiers.ignore_case,
        })
    }

    /// CharacterEscape, after the backslash; `in_class` for those of ClassEscape that are characters.
    pub(super) fn character_escape(&mut self, in_class: bool) -> ParseResult<u32> {
        let c = *self.input.get(self.at).ok_or("\\ at end of pattern")?;
        self.at += 1;
        let next = self.ahead(0);
        let next_char = char::from_u32(next).filter(|_| !self.at_end());
        match char::from_u32(c) {
            Some('f') => Ok(0x0C),
            Some('n') => Ok(0x0A),
            Some('r') => Ok(0x0D),
            Some('t') => Ok(0x09),
            Some('v') => Ok(0x0B),
            Some('c') => match next_char {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    Ok(next & 31)
                }
                _ if self.unicode => Err("Invalid Unicode escape"),
                Some('0'..='9' | '_') if in_class => {
                    self.at += 1;
                    Ok(next & 31)
                }
                _ => {
                    // The backslash stands for itself, and the `c` is read again.
                    self.at -= 1;
                    Ok(ch('\\'))
                }
            },
            Some('0') if !next_char.is_some_and(|n| n.is_ascii_digit()) => Ok(0),
            Some(digit @ '0'..='9') if self.unicode => Err(match (in_class, digit) {
                (true, _) => "Invalid class escape",
                (false, '0') => "Invalid decimal escape",
                (false, _) => "Invalid escape",
            }),
            Some('0'..='7') => {
                self.at -= 1;
                Ok(self.legacy_octal())
            }
            Some('x') => match self.hex_digits(2) {
                Some(value) => Ok(value),
                None if self.unicode => Err("Invalid escape"),
                None => Ok(c),
            },
            Some('u') => match self.unicode_escape(self.unicode) {
                Some(value) => Ok(value),
                None if self.unicode => Err("Invalid Unicode escape"),
                None => Ok(c),
            },
            Some(
                '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
                | '/',
            ) => Ok(c),
            Some('-') if in_class && self.unicode => Ok(c),
            Some('&' | '!' | '#' | '%' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '`' | '~')
                if in_class && self.sets =>
            {
                Ok(c)
            }
            _ if self.unicode => Err("Invalid escape"),
            Some('k') if !self.all_names.is_empty() => Err("Invalid escape"),
            _ => Ok(c),
        }
    }

    fn legacy_octal(&mut self) -> u32 {
        let mut value = 0;
        for _ in 0..3 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            if value * 8 + digit > 0o377 {
                break;
            }
            value = value * 8 + digit;
            self.at += 1;
        }
        value
    }

    /// Exactly `count` hexadecimal digits, or nothing.
    fn hex_digits(&mut self, count: usize) -> Option<u32> {
        let digits = self.input.get(self.at..self.at + count)?;
        let value = digits.iter().try_fold(0u32, |acc, &c| {
            Some(acc << 4 | char::from_u32(c).and_then(|c| c.to_digit(16))?)
        })?;
        self.at += count;
        Some(value)
    }

    /// What follows `\u`; nothing is consumed on failure.
    fn unicode_escape(&mut self, unicode: bool) -> Option<u32> {
        let start = self.at;
        if unicode && self.eat('{') {
            let mut value = 0u32;
            let mut digits = 0;
            while let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) {
                value = (value << 4 | digit).min(0x0FFF_FFFF);
                digits += 1;
                self.at += 1;
            }
            if digits > 0 && value <= super::charset::MAX_CODE_POINT && self.eat('}') {
                return Some(value);
            }
            self.at = start;
            return None;
        }
        let unit = self.hex_digits(4)?;
        if unicode
            && is_lead_surrogate(unit as u16)
            && self.ahead(0) == ch('\\')
            && self.ahead(1) == ch('u')
        {
            let before = self.at;
            self.at += 2;
            match self.hex_digits(4) {
                Some(trail) if is_trail_surrogate(trail as u16) => {
                    return Some(crate::text::join_surrogates(unit as u16, trail as u16));
                }
                _ => self.at = before,
            }
        }
        Some(unit)
    }
}
