//! Expands a grammar to a program: random choices, scopes, contexts and a budget of work.

use crate::grammar::{Entry, Grammar, Piece, Repeat, Rule};
use crate::random::Random;
use std::fmt::Write;

/// Numbers of iterations a loop may have.
const COUNTS: &[u64] = &[
    1, 2, 3, 5, 10, 20, 50, 100, 150, 300, 500, 800, 1200, 2000, 3000,
];
/// What an iteration is taken to cost before its body is known.
const ITERATION_COST: u64 = 16;

/// Limits of one program.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Deepest nesting of expansions.
    pub depth: u32,
    /// Expansions before everything is made as short as possible.
    pub nodes: usize,
    /// Evaluations of expansions at run time, about.
    pub work: u64,
}

struct Variable {
    name: String,
    kind: &'static str,
    assignable: bool,
}

struct FunctionInfo {
    name: String,
    parameters: Vec<&'static str>,
    result: &'static str,
    cost: u64,
}

/// Costs are counted per function.
#[derive(Clone, Copy)]
struct Costs {
    spent: u64,
    limit: u64,
    /// How often the current place runs.
    times: u64,
}

/// One program in the making.
pub struct Expander<'g> {
    grammar: &'g Grammar,
    /// The dice.
    pub random: Random,
    /// The text so far.
    pub out: String,
    limits: Limits,
    id: u64,
    nodes: usize,
    next_name: u32,
    flags: u32,
    /// Flags that functions inherit.
    lasting: u32,
    /// Flags that arrow functions do not inherit.
    not_in_arrows: u32,
    /// Set where the current place runs seldom.
    cold: u32,
    saved: Vec<(u32, Option<Costs>)>,
    loops: Vec<(u64, u64)>,
    variables: Vec<Variable>,
    functions: Vec<FunctionInfo>,
    scopes: Vec<(usize, usize)>,
    costs: Costs,
    last_cost: u64,
    subsumes: fn(&str, &str) -> bool,
}

impl<'g> Expander<'g> {
    /// An empty program with number `id`. `subsumes(wanted, have)` says whether a variable of kind `have` serves as `wanted`.
    pub fn new(
        grammar: &'g Grammar,
        random: Random,
        limits: Limits,
        id: u64,
        subsumes: fn(&str, &str) -> bool,
    ) -> Expander<'g> {
        Expander {
            grammar,
            random,
            out: String::new(),
            limits,
            id,
            nodes: 0,
            next_name: 0,
            flags: 0,
            lasting: 0,
            not_in_arrows: 0,
            cold: 0,
            saved: Vec::new(),
            loops: Vec::new(),
            variables: Vec::new(),
            functions: Vec::new(),
            scopes: Vec::new(),
            costs: Costs {
                spent: 0,
                limit: limits.work,
                times: 1,
            },
            last_cost: 0,
            subsumes,
        }
    }

    /// Which flags functions inherit, which arrow functions do not, and which says that a place runs seldom.
    pub fn flag_roles(&mut self, lasting: &[&str], not_in_arrows: &[&str], cold: &[&str]) {
        let union = |names: &[&str]| {
            names
                .iter()
                .fold(0, |flags, name| flags | self.grammar.flag(name))
        };
        (self.lasting, self.not_in_arrows, self.cold) =
            (union(lasting), union(not_in_arrows), union(cold));
    }

    /// Appends an expansion of a nonterminal.
    pub fn expand(&mut self, name: &str) {
        if let Some(index) = self.grammar.find(name) {
            self.expand_index(index, self.limits.depth);
        }
    }

    fn expand_index(&mut self, index: usize, depth: u32) {
        self.nodes += 1;
        self.costs.spent = self.costs.spent.saturating_add(self.costs.times);
        let depth = if self.nodes > self.limits.nodes {
            0
        } else {
            depth
        };
        let grammar = self.grammar;
        let Some(rule) = self.choose(&grammar.rules[index], depth) else {
            return;
        };
        let names = self.next_name;
        let mut fresh: Vec<(&'static str, String)> = Vec::new();
        for piece in &rule.pieces {
            self.piece(piece, depth, &mut fresh);
        }
        debug_assert!(self.next_name >= names);
    }

    fn choose(&mut self, rules: &'g [Rule], depth: u32) -> Option<&'g Rule> {
        let mut flags = self.flags;
        if self.costs.times <= 60 {
            flags |= self.cold;
        }
        let allowed = |rule: &&Rule| flags & rule.need == rule.need && flags & rule.deny == 0;
        let least = rules.iter().filter(allowed).map(|rule| rule.depth).min()?;
        let limit = depth.max(least);
        let fits = |rule: &&Rule| allowed(rule) && rule.depth <= limit;
        let total: u64 = rules
            .iter()
            .filter(fits)
            .map(|rule| u64::from(rule.weight))
            .sum();
        let mut at = self.random.bits() % total.max(1);
        rules.iter().filter(fits).find(|rule| {
            let weight = u64::from(rule.weight);
            let here = at < weight;
            at = at.wrapping_sub(weight);
            here
        })
    }

    fn piece(&mut self, piece: &Piece, depth: u32, fresh: &mut Vec<(&'static str, String)>) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Expand(index, None) => self.expand_index(*index, depth.saturating_sub(1)),
            Piece::Expand(index, Some(repeat)) => self.repeated(*index, repeat, depth),
            Piece::Read(kind) => self.variable(kind, false, depth),
            Piece::Assign(kind) => self.variable(kind, true, depth),
            Piece::Call(kind) => self.call(kind, depth),
            Piece::FunctionName => self.function_name(),
            Piece::Count => {
                let count = self.loops.last().map_or(1, |entry| entry.0);
                let _ = write!(self.out, "{count}");
            }
            Piece::At => {
                let count = self.loops.last().map_or(1, |entry| entry.0);
                let at = self.random.bits() % count.max(1);
                let _ = write!(self.out, "{at}");
            }
            Piece::Id => {
                let _ = write!(self.out, "{}", self.id);
            }
            Piece::LogAll => self.log_all(),
            Piece::Fresh(name) => {
                let name = self.fresh(name, fresh);
                self.out.push_str(&name);
            }
            Piece::Declare(name, kind, assignable) => {
                let name = self.fresh(name, fresh);
                self.variables.push(Variable {
                    name,
                    kind,
                    assignable: *assignable,
                });
            }
            Piece::DeclareFunction(name, parameters, result, factor) => {
                let name = self.fresh(name, fresh);
                self.functions.push(FunctionInfo {
                    name,
                    parameters: parameters.clone(),
                    result,
                    cost: self.last_cost.saturating_mul(*factor).max(1),
                });
            }
            Piece::Enter(entry, set, cleared) => self.enter(*entry, *set, *cleared),
            Piece::Leave => self.leave(),
            Piece::EnterLoop(count) => self.enter_loop(*count),
            Piece::LeaveLoop => {
                if let Some((_, times)) = self.loops.pop() {
                    self.costs.times = times;
                }
            }
        }
    }

    /// Program text; braces are scopes.
    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'{' => self
                    .scopes
                    .push((self.variables.len(), self.functions.len())),
                b'}' => {
                    if let Some((variables, functions)) = self.scopes.pop() {
                        self.variables.truncate(variables);
                        self.functions.truncate(functions);
                    }
                }
                _ => {}
            }
        }
        self.out.push_str(text);
    }

    fn fresh(&mut self, name: &'static str, fresh: &mut Vec<(&'static str, String)>) -> String {
        if let Some((_, found)) = fresh.iter().find(|(known, _)| *known == name) {
            return found.clone();
        }
        self.next_name += 1;
        let made = format!("{name}{}", self.next_name);
        fresh.push((name, made.clone()));
        made
    }

    fn repeated(&mut self, index: usize, repeat: &Repeat, depth: u32) {
        let room = if self.nodes > self.limits.nodes || depth == 0 {
            repeat.min
        } else {
            repeat.max
        };
        let count = repeat.min + self.random.below(room - repeat.min + 1);
        for round in 0..count {
            if round > 0 {
                self.out.push_str(repeat.separator);
            }
            self.expand_index(index, depth.saturating_sub(1));
        }
    }

    fn variable(&mut self, kind: &'static str, assigned: bool, depth: u32) {
        let subsumes = self.subsumes;
        let found: Vec<usize> = (0..self.variables.len())
            .filter(|&index| {
                let variable = &self.variables[index];
                (variable.assignable || !assigned) && subsumes(kind, variable.kind)
            })
            .collect();
        // Inner variables are the interesting ones.
        let recent = &found[found.len().saturating_sub(4)..];
        let pool = if self.random.chance(50) {
            recent
        } else {
            &found
        };
        match self.random.pick(pool) {
            Some(&index) => self.out.push_str(&self.variables[index].name),
            None if assigned => self.out.push_str("({}).x"),
            None => self.fallback(kind, depth),
        }
    }

    fn fallback(&mut self, kind: &str, depth: u32) {
        match self.grammar.find(&format!("lit.{kind}")) {
            Some(index) => self.expand_index(index, depth.saturating_sub(1)),
            None => self.out.push('0'),
        }
    }

    /// Functions that may be called here without running too long.
    fn affordable(&self, accept: impl Fn(&FunctionInfo) -> bool) -> Vec<usize> {
        let left = self.costs.limit.saturating_sub(self.costs.spent) / 3;
        (0..self.functions.len())
            .filter(|&index| {
                let function = &self.functions[index];
                accept(function) && function.cost.saturating_mul(self.costs.times) <= left
            })
            .collect()
    }

    fn call(&mut self, kind: &'static str, depth: u32) {
        let subsumes = self.subsumes;
        let found = self.affordable(|function| subsumes(kind, function.result));
        let Some(&index) = self.random.pick(&found) else {
            return self.fallback(kind, depth);
        };
        self.pay(self.functions[index].cost);
        let name = self.functions[index].name.clone();
        let parameters = self.functions[index].parameters.clone();
        self.out.push_str(&name);
        self.out.push('(');
        for (at, parameter) in parameters.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            // Some arguments have a kind the function has not seen.
            let kind = if *parameter != "small" && self.random.chance(8) {
                "any"
            } else {
                parameter
            };
            if let Some(index) = self.grammar.find(kind) {
                self.expand_index(index, depth.saturating_sub(1));
            }
        }
        self.out.push(')');
    }

    fn function_name(&mut self) {
        let found = self.affordable(|function| !function.parameters.contains(&"small"));
        match self.random.pick(&found) {
            Some(&index) => {
                self.pay(self.functions[index].cost);
                let name = self.functions[index].name.clone();
                self.out.push_str(&name);
            }
            None => self.out.push_str("show"),
        }
    }

    fn pay(&mut self, cost: u64) {
        let cost = cost.saturating_mul(self.costs.times);
        self.costs.spent = self.costs.spent.saturating_add(cost);
    }

    fn log_all(&mut self) {
        let names: Vec<String> = self.variables.iter().map(|v| v.name.clone()).collect();
        for name in names {
            let _ = write!(self.out, "log({name}); ");
        }
    }

    fn enter(&mut self, entry: Entry, set: u32, cleared: u32) {
        let own_costs = entry == Entry::Function;
        self.saved
            .push((self.flags, own_costs.then_some(self.costs)));
        self.flags = match entry {
            Entry::Function => self.flags & self.lasting,
            Entry::Arrow => self.flags & !self.not_in_arrows,
            Entry::Add => self.flags,
        } & !cleared
            | set;
        // The outermost function is the program itself.
        if own_costs && self.saved.len() > 1 {
            self.costs = Costs {
                spent: 0,
                limit: self.limits.work / 10,
                times: 1,
            };
        }
    }

    fn leave(&mut self) {
        if let Some((flags, costs)) = self.saved.pop() {
            self.flags = flags;
            if let Some(costs) = costs {
                self.last_cost = self.costs.spent;
                self.costs = costs;
            }
        }
    }

    fn enter_loop(&mut self, known: Option<u64>) {
        if let Some(count) = known {
            self.loops.push((count, self.costs.times));
            self.costs.times = self.costs.times.saturating_mul(count);
            return;
        }
        let left = self.costs.limit.saturating_sub(self.costs.spent) / self.costs.times.max(1);
        let most = left / ITERATION_COST;
        let fitting = COUNTS.iter().filter(|count| **count <= most).count();
        // Mostly the larger ones of those that fit.
        let skip = if self.random.chance(60) {
            fitting / 2
        } else {
            0
        };
        let at = skip + self.random.below(fitting - skip);
        let count = COUNTS.get(at).copied().unwrap_or(1);
        self.loops.push((count, self.costs.times));
        self.costs.times = self.costs.times.saturating_mul(count);
    }
}
