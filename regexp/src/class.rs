//! Character classes: `[…]` with and without set notation, `\d`-like escapes and `\p{…}`.

use super::ast::Node;
use super::charset::CodePointSet;
use super::emoji;
use super::parser::{ParseResult, Parser};
use super::unicode;
use std::collections::BTreeSet;

/// The value of a class: code points and, with `v`, strings of other lengths than one.
#[derive(Clone, Debug, Default)]
pub(super) struct ClassSet {
    pub set: CodePointSet,
    pub strings: BTreeSet<Vec<u32>>,
    /// MayContainStrings: by its form, whatever it turns out to contain.
    may_contain_strings: bool,
}

impl ClassSet {
    fn of(set: CodePointSet) -> Self {
        ClassSet {
            set,
            ..Self::default()
        }
    }

    fn add(&mut self, other: ClassSet) {
        self.set = self.set.union(&other.set);
        self.strings.extend(other.strings);
        self.may_contain_strings |= other.may_contain_strings;
    }
}

/// What a class is made of.
enum Operand {
    Char(u32),
    Set(ClassSet),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Union,
    Intersection,
    Subtraction,
}

const UNTERMINATED: &str = "Unterminated character class";
const OUT_OF_ORDER: &str = "Range out of order in character class";
const INVALID_CLASS: &str = "Invalid character class";
const INVALID_CHARACTER: &str = "Invalid character in character class";
const INVALID_OPERATION: &str = "Invalid set operation in character class";
const INVALID_PROPERTY_IN_CLASS: &str = "Invalid property name in character class";

impl Parser {
    /// The node for a class, strings longest first.
    pub(super) fn class_node(&self, class: ClassSet) -> Node {
        let set = if self.sets || !self.modifiers.ignore_case {
            class.set
        } else {
            unicode::case_closure(&class.set, self.case_mode())
        };
        let singles = match set.few(1).as_deref() {
            Some(&[c]) => Node::Char(c),
            _ => Node::Set(set),
        };
        if class.strings.is_empty() {
            return singles;
        }
        let mut strings: Vec<Vec<u32>> = class.strings.into_iter().collect();
        strings.sort_by_key(|s| std::cmp::Reverse(s.len()));
        let (long, empty): (Vec<_>, Vec<_>) = strings.into_iter().partition(|s| !s.is_empty());
        let mut alternatives: Vec<Node> = long
            .into_iter()
            .map(|s| Node::Sequence(s.into_iter().map(|c| self.char_node(c)).collect()))
            .collect();
        alternatives.push(singles);
        if !empty.is_empty() {
            alternatives.push(Node::Empty);
        }
        Node::Alternatives(alternatives)
    }

    /// A class after its `[`.
    pub(super) fn class(&mut self) -> ParseResult<Node> {
        if self.sets {
            let class = self.class_set()?;
            return Ok(self.class_node(class));
        }
        let negated = self.eat('^');
        let mut set = Vec::new();
        loop {
            if self.at_end() {
                return Err(UNTERMINATED);
            }
            if self.eat(']') {
                break;
            }
            let first = self.class_atom()?;
            let is_range = self.peek() == Some('-')
                && self.ahead(1) != u32::from(']')
                && self.at + 1 < self.input.len();
            if !is_range {
                add_operand(&mut set, first);
                continue;
            }
            self.at += 1;
            let second = self.class_atom()?;
            match (first, second) {
                (Operand::Char(lo), Operand::Char(hi)) if lo > hi => return Err(OUT_OF_ORDER),
                (Operand::Char(lo), Operand::Char(hi)) => set.push((lo, hi)),
                _ if self.unicode => return Err(INVALID_CLASS),
                (first, second) => {
                    add_operand(&mut set, first);
                    set.push((u32::from('-'), u32::from('-')));
                    add_operand(&mut set, second);
                }
            }
        }
        let mut set = CodePointSet::from_ranges(set);
        if self.modifiers.ignore_case {
            set = unicode::case_closure(&set, self.case_mode());
        }
        if negated {
            return Ok(Node::Set(set.complement()));
        }
        Ok(match set.few(1).as_deref() {
            Some(&[c]) => Node::Char(c),
            _ => Node::Set(set),
        })
    }

    /// ClassAtom.
    fn class_atom(&mut self) -> ParseResult<Operand> {
        let c = *self.input.get(self.at).ok_or(UNTERMINATED)?;
        if c != u32::from('\\') {
            self.at += 1;
            return Ok(Operand::Char(c));
        }
        self.at += 1;
        self.class_atom_escape()
    }

    fn class_atom_escape(&mut self) -> ParseResult<Operand> {
        if self.eat('b') {
            return Ok(Operand::Char(0x08));
        }
        if let Some(class) = self.class_escape(INVALID_PROPERTY_IN_CLASS)? {
            return Ok(Operand::Set(class));
        }
        self.character_escape(true).map(Operand::Char)
    }

    /// CharacterClassEscape after the backslash, if there is one; with `v` and `i`, closed over case.
    pub(super) fn class_escape(
        &mut self,
        bad_property: &'static str,
    ) -> ParseResult<Option<ClassSet>> {
        let Some(c) = self.peek() else {
            return Ok(None);
        };
        let folding = self.unicode && self.modifiers.ignore_case;
        let base = match c.to_ascii_lowercase() {
            'd' => unicode::digits(),
            's' => unicode::spaces(),
            'w' => unicode::word_characters(folding),
            'p' if self.unicode => {
                self.at += 1;
                return self.property(c == 'P').map(Some).ok_or(bad_property);
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(ClassSet::of(if c.is_ascii_uppercase() {
            base.complement()
        } else {
            base
        })))
    }

    /// `{name}` or `{name=value}`.
    fn property(&mut self, negated: bool) -> Option<ClassSet> {
        if !self.eat('{') {
            return None;
        }
        let word = |parser: &mut Self| {
            let mut text = String::new();
            while let Some(c) = parser
                .peek()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            {
                text.push(c);
                parser.at += 1;
            }
            text
        };
        let name = word(self);
        let value = if self.eat('=') {
            Some(word(self))
        } else {
            None
        };
        if !self.eat('}') {
            return None;
        }
        if let Some(set) = unicode::property(&name, value.as_deref()) {
            let set = self.close_leaf(set);
            return Some(ClassSet::of(if negated { set.complement() } else { set }));
        }
        if !self.sets || negated || value.is_some() {
            return None;
        }
        let (set, strings) = emoji::property_of_strings(&name)?;
        let strings = strings.into_iter().map(|s| self.fold_string(s)).collect();
        Some(ClassSet {
            set: self.close_leaf(set),
            strings,
            may_contain_strings: true,
        })
    }

    /// With `v` and `i`, sets are compared after folding, so their parts are closed before they are combined.
    fn close_leaf(&self, set: CodePointSet) -> CodePointSet {
        if self.sets && self.modifiers.ignore_case {
            unicode::case_closure(&set, self.case_mode())
        } else {
            set
        }
    }

    fn fold_string(&self, string: Vec<u32>) -> Vec<u32> {
        if !self.modifiers.ignore_case {
            return string;
        }
        string
            .into_iter()
            .map(|c| unicode::canonicalize(c, self.case_mode()))
            .collect()
    }

    /// A class in set notation after its `[`.
    fn class_set(&mut self) -> ParseResult<ClassSet> {
        self.enter()?;
        let negated = self.eat('^');
        let mut result = ClassSet::default();
        let mut operator = Operator::Union;
        let mut count = 0;
        loop {
            if self.at_end() {
                return Err(UNTERMINATED);
            }
            if self.eat(']') {
                break;
            }
            let next = if self.eat_str("--") {
                Operator::Subtraction
            } else if self.eat_str("&&") {
                if self.peek() == Some('&') {
                    return Err(INVALID_CHARACTER);
                }
                Operator::Intersection
            } else {
                Operator::Union
            };
            // An operator needs something before it, and all operators of a class are the same one.
            let allowed = if count <= 1 {
                count == 1 || next == Operator::Union
            } else {
                next == operator
            };
            if !allowed {
                return Err(INVALID_OPERATION);
            }
            if count == 1 {
                operator = next;
            }
            let operand = self.set_operand()?;
            let value = match operand {
                Operand::Char(lo)
                    if self.peek() == Some('-') && self.ahead(1) != u32::from('-') =>
                {
                    if operator != Operator::Union || (count == 1 && next != Operator::Union) {
                        return Err(INVALID_OPERATION);
                    }
                    self.at += 1;
                    match self.set_operand()? {
                        Operand::Char(hi) if lo <= hi => {
                            // A range cannot be an operand of the other operators.
                            if matches!(self.peek(), Some('-' | '&'))
                                && self.ahead(0) == self.ahead(1)
                            {
                                return Err(INVALID_OPERATION);
                            }
                            ClassSet::of(self.close_leaf(CodePointSet::from_ranges([(lo, hi)])))
                        }
                        Operand::Char(_) => return Err(OUT_OF_ORDER),
                        Operand::Set(_) => return Err(INVALID_CLASS),
                    }
                }
                Operand::Char(c) => ClassSet::of(self.close_leaf(CodePointSet::single(c))),
                Operand::Set(set) => set,
            };
            result = combine(result, next, value);
            count += 1;
        }
        self.depth -= 1;
        if negated {
            if result.may_contain_strings {
                return Err("Negated character class may contain strings");
            }
            return Ok(ClassSet::of(result.set.complement()));
        }
        Ok(result)
    }

    /// ClassSetOperand or the start of a ClassSetRange.
    fn set_operand(&mut self) -> ParseResult<Operand> {
        let c = *self.input.get(self.at).ok_or(UNTERMINATED)?;
        self.at += 1;
        match char::from_u32(c) {
            Some('[') => self.class_set().map(Operand::Set),
            Some('\\') => {
                if self.peek() == Some('q') && self.ahead(1) == u32::from('{') {
                    self.at += 2;
                    return self.string_disjunction().map(Operand::Set);
                }
                Ok(match self.class_atom_escape()? {
                    Operand::Set(class) => Operand::Set(ClassSet {
                        set: self.close_leaf(class.set),
                        ..class
                    }),
                    char => char,
                })
            }
            Some('(' | ')' | ']' | '{' | '}' | '/' | '-' | '|') => Err(INVALID_CHARACTER),
            Some(punctuator)
                if self.ahead(0) == c && "&!#$%*+,.:;<=>?@^`~".contains(punctuator) =>
            {
                Err(INVALID_OPERATION)
            }
            _ => Ok(Operand::Char(c)),
        }
    }

    /// `\q{a|bc}` after its brace.
    fn string_disjunction(&mut self) -> ParseResult<ClassSet> {
        let mut result = ClassSet::default();
        let mut string = Vec::new();
        loop {
            let c = *self.input.get(self.at).ok_or(INVALID_CHARACTER)?;
            self.at += 1;
            match char::from_u32(c) {
                Some(end @ ('|' | '}')) => {
                    let string = std::mem::take(&mut string);
                    match string.as_slice() {
                        &[c] => {
                            result.set = result.set.union(&self.close_leaf(CodePointSet::single(c)))
                        }
                        _ => {
                            result.may_contain_strings = true;
                            result.strings.insert(self.fold_string(string));
                        }
                    }
                    if end == '}' {
                        return Ok(result);
                    }
                }
                Some('\\') => {
                    let c = if self.eat('b') {
                        0x08
                    } else {
                        self.character_escape(true)?
                    };
                    string.push(c);
                }
                Some('(' | ')' | '[' | ']' | '{' | '/' | '-') => return Err(INVALID_CHARACTER),
                Some(punctuator)
                    if self.ahead(0) == c && "&!#$%*+,.:;<=>?@^`~".contains(punctuator) =>
                {
                    return Err(INVALID_OPERATION);
                }
                _ => string.push(c),
            }
        }
    }
}

fn add_operand(ranges: &mut Vec<(u32, u32)>, operand: Operand) {
    match operand {
        Operand::Char(c) => ranges.push((c, c)),
        Operand::Set(class) => ranges.extend_from_slice(class.set.ranges()),
    }
}

fn combine(mut a: ClassSet, operator: Operator, b: ClassSet) -> ClassSet {
    match operator {
        Operator::Union => {
            a.add(b);
            a
        }
        Operator::Intersection => ClassSet {
            set: a.set.intersect(&b.set),
            strings: a.strings.intersection(&b.strings).cloned().collect(),
            may_contain_strings: a.may_contain_strings && b.may_contain_strings,
        },
        Operator::Subtraction => ClassSet {
            set: a.set.subtract(&b.set),
            strings: a.strings.difference(&b.strings).cloned().collect(),
            may_contain_strings: a.may_contain_strings,
        },
    }
}
