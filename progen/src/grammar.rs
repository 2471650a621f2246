//! A grammar as a table of templates, compiled to pieces once.
//!
//! A row is `(nonterminal, weight, condition, template)`. The condition is a list of context flags that must be set, or with
//! `!` clear. In a template stand, besides program text:
//!
//! | text | meaning |
//! |---|---|
//! | `$name`, `$(name)` | an expansion of that nonterminal |
//! | `$(name*3, )`, `$(name+3, )` | up to three expansions, at least none or one, with what follows the number between them |
//! | `$(name?)` | an expansion or nothing |
//! | `$v.kind`, `$w.kind` | a visible variable of that kind to read, to assign; without one an expansion of `lit.kind` or a fresh object's property |
//! | `$call.kind`, `$fname` | a call of a declared function that returns that kind; the name of a declared function |
//! | `$count`, `$at` | iterations of the innermost `@[`; a number below it |
//! | `$id`, `$logall` | number of the program; `log` of every visible variable |
//! | `%x` | a fresh identifier, the same for all `%x` of one expansion |
//! | `@x:kind;` `@x=kind;` | declares `%x` in the current scope, assignable or not |
//! | `@F x(kinds)kind*n;` | declares `%x` as a function; its cost is that of the last `@(` times `n` |
//! | `@(flags)` … `@)` | a function: only lasting flags and these are set; its cost is counted apart |
//! | `@(+flags)` … `@)` | the same function with these flags set, or with `!` cleared; `@(^flags)` an arrow function |
//! | `@[` … `@]`, `@[6;` … `@]` | a loop: what is in it costs as many times as it iterates (`$count` is chosen, or known) |
//! | `$$` `@@` `%%` | the character itself |
//!
//! Braces of the program text open and close scopes.

use std::collections::HashMap;

/// A row of a grammar table.
pub type Row = (&'static str, u32, &'static str, &'static str);

/// How an expansion is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    /// Least number.
    pub min: usize,
    /// Greatest number.
    pub max: usize,
    /// Between two.
    pub separator: &'static str,
}

/// What a context bracket does to the flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A function of its own.
    Function,
    /// An arrow function.
    Arrow,
    /// Only sets flags.
    Add,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Program text.
    Text(&'static str),
    /// A nonterminal by index.
    Expand(usize, Option<Repeat>),
    /// A variable to read.
    Read(&'static str),
    /// A variable to assign.
    Assign(&'static str),
    /// A call.
    Call(&'static str),
    /// A function's name.
    FunctionName,
    /// Iterations of the loop.
    Count,
    /// An iteration of the loop.
    At,
    /// The program's number.
    Id,
    /// `log` of all variables.
    LogAll,
    /// A fresh name.
    Fresh(&'static str),
    /// A variable's declaration: name, kind, assignable.
    Declare(&'static str, &'static str, bool),
    /// A function's declaration: name, kinds of parameters, result, factor of the cost.
    DeclareFunction(&'static str, Vec<&'static str>, &'static str, u64),
    /// Enters a context: flags set and cleared.
    Enter(Entry, u32, u32),
    /// Leaves it.
    Leave,
    /// Enters a loop, of a number of iterations that the template knows, or to be chosen.
    EnterLoop(Option<u64>),
    /// Leaves it.
    LeaveLoop,
}

/// A compiled row.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Relative frequency.
    pub weight: u32,
    /// Flags that must be set.
    pub need: u32,
    /// Flags that must be clear.
    pub deny: u32,
    /// The template.
    pub pieces: Vec<Piece>,
    /// Least depth of an expansion.
    pub depth: u32,
}

/// A compiled grammar.
pub struct Grammar {
    names: HashMap<&'static str, usize>,
    /// Rules of each nonterminal.
    pub rules: Vec<Vec<Rule>>,
    flags: &'static [&'static str],
}

impl Grammar {
    /// Compiles tables; `flags` are the names of the context flags, the first has bit 0.
    ///
    /// # Panics
    /// When a table is wrong, which a test finds.
    pub fn new(tables: &[&[Row]], flags: &'static [&'static str]) -> Grammar {
        let mut grammar = Grammar {
            names: HashMap::new(),
            rules: Vec::new(),
            flags,
        };
        for row in tables.iter().copied().flatten() {
            let next = grammar.rules.len();
            if *grammar.names.entry(row.0).or_insert(next) == next {
                grammar.rules.push(Vec::new());
            }
        }
        for &(name, weight, condition, text) in tables.iter().copied().flatten() {
            let pieces = Template {
                grammar: &grammar,
                text,
                pieces: Vec::new(),
            }
            .compile();
            let (mut need, mut deny) = (0, 0);
            for flag in condition.split_whitespace() {
                match flag.strip_prefix('!') {
                    Some(flag) => deny |= grammar.flag(flag),
                    None => need |= grammar.flag(flag),
                }
            }
            let index = grammar.names[name];
            grammar.rules[index].push(Rule {
                weight,
                need,
                deny,
                pieces,
                depth: u32::MAX,
            });
        }
        grammar.find_depths();
        grammar
    }

    /// Nonterminals that have a rule without an end, which a table must not have.
    pub fn endless(&self) -> Vec<&'static str> {
        self.names
            .iter()
            .filter(|(_, index)| {
                self.rules[**index]
                    .iter()
                    .any(|rule| rule.depth == u32::MAX)
            })
            .map(|(name, _)| *name)
            .collect()
    }

    /// Bit of a flag.
    ///
    /// # Panics
    /// When there is none of that name.
    pub fn flag(&self, name: &str) -> u32 {
        match self.flags.iter().position(|flag| *flag == name) {
            Some(bit) => 1 << bit,
            None => panic!("no flag {name}"),
        }
    }

    /// Index of a nonterminal, if it exists.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn index(&self, name: &str, text: &str) -> usize {
        match self.find(name) {
            Some(index) => index,
            None => panic!("no nonterminal {name} for {text}"),
        }
    }

    /// Least depth of each rule: a fixed point from the leaves up.
    fn find_depths(&mut self) {
        let mut least = vec![u32::MAX; self.rules.len()];
        loop {
            let mut changed = false;
            for (index, rules) in self.rules.iter_mut().enumerate() {
                for rule in rules {
                    let needed = rule.pieces.iter().map(|piece| match piece {
                        Piece::Expand(inner, None) => least[*inner],
                        Piece::Expand(inner, Some(repeat)) if repeat.min > 0 => least[*inner],
                        _ => 0,
                    });
                    let depth = needed.max().unwrap_or(0).saturating_add(1);
                    if depth < rule.depth {
                        rule.depth = depth;
                        changed = true;
                    }
                    // What stands under a condition is no way out everywhere.
                    if rule.need == 0 && rule.deny == 0 {
                        least[index] = least[index].min(depth);
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }
}

struct Template<'g> {
    grammar: &'g Grammar,
    text: &'static str,
    pieces: Vec<Piece>,
}

impl Template<'_> {
    fn compile(mut self) -> Vec<Piece> {
        let mut rest = self.text;
        while let Some(at) = rest.find(['$', '%', '@']) {
            self.push_text(&rest[..at]);
            let mark = &rest[at..at + 1];
            let after = &rest[at + 1..];
            rest = if after.starts_with(mark) {
                self.push_text(mark);
                &after[1..]
            } else {
                match mark {
                    "$" => self.hole(after),
                    "%" => self.fresh(after),
                    _ => self.directive(after),
                }
            };
        }
        self.push_text(rest);
        self.pieces
    }

    fn push_text(&mut self, text: &'static str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text));
        }
    }

    fn fresh(&mut self, after: &'static str) -> &'static str {
        let end = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (name, rest) = after.split_at(end);
        if name.is_empty() {
            self.push_text("%");
        } else {
            self.pieces.push(Piece::Fresh(name));
        }
        rest
    }

    fn hole(&mut self, after: &'static str) -> &'static str {
        if let Some(inner) = after.strip_prefix('(') {
            let Some((inner, rest)) = inner.split_once(')') else {
                panic!("unclosed hole in {}", self.text)
            };
            let (name, how) = word(inner);
            let index = self.grammar.index(name, self.text);
            self.pieces.push(Piece::Expand(index, repeat(how)));
            return rest;
        }
        let (name, rest) = word(after);
        let kind_of = |prefix| name.strip_prefix(prefix);
        let piece = match name {
            "" => Piece::Text("$"),
            "count" => Piece::Count,
            "at" => Piece::At,
            "id" => Piece::Id,
            "logall" => Piece::LogAll,
            "fname" => Piece::FunctionName,
            _ => {
                if let Some(kind) = kind_of("v.") {
                    Piece::Read(kind)
                } else if let Some(kind) = kind_of("w.") {
                    Piece::Assign(kind)
                } else if let Some(kind) = kind_of("call.") {
                    Piece::Call(kind)
                } else {
                    Piece::Expand(self.grammar.index(name, self.text), None)
                }
            }
        };
        self.pieces.push(piece);
        rest
    }

    fn directive(&mut self, after: &'static str) -> &'static str {
        let mark = after.get(..1).unwrap_or("");
        match mark {
            ")" => self.pieces.push(Piece::Leave),
            "[" => {
                // `@[6;` iterates six times.
                if let Some((count, rest)) = after[1..].split_once(';')
                    && let Ok(count) = count.parse()
                {
                    self.pieces.push(Piece::EnterLoop(Some(count)));
                    return rest;
                }
                self.pieces.push(Piece::EnterLoop(None));
            }
            "]" => self.pieces.push(Piece::LeaveLoop),
            "(" => {
                let Some((inner, rest)) = after[1..].split_once(')') else {
                    panic!("unclosed context in {}", self.text)
                };
                let (entry, names) = match inner.get(..1) {
                    Some("+") => (Entry::Add, &inner[1..]),
                    Some("^") => (Entry::Arrow, &inner[1..]),
                    _ => (Entry::Function, inner),
                };
                let (mut set, mut cleared) = (0, 0);
                for name in names.split_whitespace() {
                    match name.strip_prefix('!') {
                        Some(name) => cleared |= self.grammar.flag(name),
                        None => set |= self.grammar.flag(name),
                    }
                }
                self.pieces.push(Piece::Enter(entry, set, cleared));
                return rest;
            }
            _ => return self.declaration(after),
        }
        &after[1..]
    }

    fn declaration(&mut self, after: &'static str) -> &'static str {
        let Some((inner, rest)) = after.split_once(';') else {
            panic!("unclosed declaration in {}", self.text)
        };
        if let Some(function) = inner.strip_prefix("F ") {
            let parts: Vec<&'static str> = function.split(['(', ')', '*']).collect();
            let kinds = parts.get(1).map_or("", |kinds| *kinds).split_whitespace();
            self.pieces.push(Piece::DeclareFunction(
                parts[0],
                kinds.collect(),
                parts.get(2).copied().unwrap_or("any"),
                parts
                    .get(3)
                    .and_then(|factor| factor.parse().ok())
                    .unwrap_or(1),
            ));
        } else if let Some((name, kind)) = inner.split_once(':') {
            self.pieces.push(Piece::Declare(name, kind, true));
        } else if let Some((name, kind)) = inner.split_once('=') {
            self.pieces.push(Piece::Declare(name, kind, false));
        } else {
            panic!("what is @{inner}; in {}", self.text);
        }
        rest
    }
}

/// The word a text starts with (dots are part of it unless last), and the rest.
fn word(text: &'static str) -> (&'static str, &'static str) {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(text.len());
    let name = text[..end].trim_end_matches('.');
    // `$arr.length` is the hole `arr`; `$v.int.x` is `v.int`.
    let name = match name.split_once('.') {
        Some((head @ ("v" | "w" | "call" | "lit"), tail)) => {
            let kind = tail.split('.').next().unwrap_or("");
            &name[..head.len() + 1 + kind.len()]
        }
        Some((head, _)) => head,
        None => name,
    };
    (name, &text[name.len()..])
}

fn repeat(how: &'static str) -> Option<Repeat> {
    let mark = how.get(..1)?;
    if mark == "?" {
        return Some(Repeat {
            min: 0,
            max: 1,
            separator: "",
        });
    }
    let digits = how[1..].chars().take_while(char::is_ascii_digit).count();
    Some(Repeat {
        min: usize::from(mark == "+"),
        max: how[1..1 + digits].parse().unwrap_or(1),
        separator: &how[1 + digits..],
    })
}
