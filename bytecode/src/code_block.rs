//! Code blocks: the compiled form of one function, script, module or eval source.
//!
//! Plain data that can be built on any thread, compared and dumped. A code block knows no heap and no values: its
//! constants are descriptions which the runtime materialises when it links the block.

use crate::js_str::JsStr;
use crate::source_map::SourceMap;
use std::sync::Arc;

/// Registers below this one are the frame header; `this` is the first register proper.
pub const FRAME_HEADER: u32 = 8;
/// Register of the callee.
pub const REG_CALLEE: u32 = 0;
/// Register of new.target.
pub const REG_NEW_TARGET: u32 = 5;
/// Register of the environment (never an operand).
pub const REG_ENV: u32 = 6;
/// Register of `this`.
pub const REG_THIS: u32 = 8;
/// Register of the first parameter.
pub const REG_PARAMS: u32 = 9;
/// "No register".
pub const NO_REGISTER: u32 = u32::MAX;

/// The record of the inner iterator stands that many registers in front of the one that `YieldDelegate` writes.
pub const DELEGATE_RECORD: usize = 4;

/// What a code block was compiled from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeKind {
    /// A script.
    Script,
    /// A module.
    Module,
    /// An eval source.
    Eval,
    /// A function of any kind.
    Function,
    /// The synthetic function of instance or static field initializers.
    ClassInit,
}

/// Properties of a code block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeFlags {
    /// Strict mode code (decides nothing in the interpreter but what `this`-less natives look at: the caller's strictness).
    pub strict: bool,
    /// Arrow function: its closure remembers this, new.target and the active function; not a constructor.
    pub arrow: bool,
    /// Generator (also async generator, with `is_async`).
    pub generator: bool,
    /// Async function, async generator or module with top-level await.
    pub is_async: bool,
    /// Method, getter or setter: not a constructor, no `prototype`.
    pub method: bool,
    /// Class constructor: [[Call]] throws TypeError "Class constructor X cannot be invoked without 'new'".
    pub class_constructor: bool,
    /// Derived class constructor: construct does not allocate; fp[8] starts as the hole.
    pub derived: bool,
    /// The interpreter copies all actual arguments into a heap cell in register `actuals_reg` at entry.
    pub needs_actuals: bool,
    /// Uses a mapped `arguments` object.
    pub mapped_arguments: bool,
    /// No defaults, patterns or rest.
    pub simple_parameters: bool,
    /// Sloppy, non-arrow, non-method function: has the poisoned-free `arguments`/`caller` legacy behaviour.
    pub sloppy_function: bool,
    /// A sloppy direct eval may stand in it.
    pub has_direct_eval: bool,
    /// It, or an arrow in it, uses super properties (the closure needs its home object).
    pub needs_home_object: bool,
}

impl CodeFlags {
    /// No flag set.
    pub const NONE: CodeFlags = CodeFlags {
        strict: false,
        arrow: false,
        generator: false,
        is_async: false,
        method: false,
        class_constructor: false,
        derived: false,
        needs_actuals: false,
        mapped_arguments: false,
        simple_parameters: false,
        sloppy_function: false,
        has_direct_eval: false,
        needs_home_object: false,
    };

    /// Whether closures of the code have [[Construct]].
    pub const fn is_constructor(&self) -> bool {
        !(self.arrow || self.generator || self.is_async || self.method)
    }
}

/// A source text shared by all code blocks compiled from it.
#[derive(Debug)]
pub struct SourceText {
    /// The WTF-8 bytes.
    pub text: Box<[u8]>,
    /// File name or URL for stack traces.
    pub name: Box<str>,
    /// For texts given to `eval` or `Function`: where that happened, as `eval at f (file:1:1)`.
    pub eval_origin: Option<Box<str>>,
    /// Bytes before and after what the author wrote, in its first and last line: not counted and not shown.
    pub wrapper: (u32, u32),
    /// Line starts, built when first asked.
    pub lines: sarus_parser::LineTable,
    /// The language features it is parsed and compiled with.
    pub features: sarus_parser::Features,
    /// A part of the engine: shown as native in stack traces, and `$push` is what `ArrayPush` does.
    pub builtin: bool,
}

impl SourceText {
    /// A source named `name` in the language without optional features.
    pub fn new(text: impl Into<Box<[u8]>>, name: impl Into<Box<str>>) -> Arc<SourceText> {
        Self::with_features(text, name, sarus_parser::Features::NONE)
    }

    /// A source named `name` in the language with `features`.
    pub fn with_features(
        text: impl Into<Box<[u8]>>,
        name: impl Into<Box<str>>,
        features: sarus_parser::Features,
    ) -> Arc<SourceText> {
        Arc::new(SourceText {
            text: text.into(),
            name: name.into(),
            eval_origin: None,
            wrapper: (0, 0),
            lines: sarus_parser::LineTable::new(),
            features,
            builtin: false,
        })
    }

    /// A part of the engine.
    pub fn builtin(text: &str) -> Arc<SourceText> {
        Arc::new(SourceText {
            text: text.as_bytes().into(),
            name: "".into(),
            eval_origin: None,
            wrapper: (0, 0),
            lines: sarus_parser::LineTable::new(),
            features: sarus_parser::Features::NONE,
            builtin: true,
        })
    }

    /// `source` between `before` and `after`, neither of which holds a line terminator before it.
    pub fn wrapped(
        before: &[u8],
        source: &[u8],
        after: &[u8],
        name: impl Into<Box<str>>,
        features: sarus_parser::Features,
    ) -> Arc<SourceText> {
        Arc::new(SourceText {
            text: [before, source, after].concat().into(),
            name: name.into(),
            eval_origin: None,
            wrapper: (before.len() as u32, after.len() as u32),
            lines: sarus_parser::LineTable::new(),
            features,
            builtin: false,
        })
    }

    /// A text given to `eval` or `Function`; a `//# sourceURL=` in it names it.
    pub fn of_eval(
        text: impl Into<Box<[u8]>>,
        origin: String,
        features: sarus_parser::Features,
    ) -> Arc<SourceText> {
        let text = text.into();
        Arc::new(SourceText {
            name: source_url(&text).unwrap_or("<anonymous>").into(),
            text,
            eval_origin: Some(origin.into()),
            wrapper: (0, 0),
            lines: sarus_parser::LineTable::new(),
            features,
            builtin: false,
        })
    }

    /// The line of byte `start` with carets under `start..end`.
    pub fn excerpt(&self, start: u32, end: u32) -> sarus_parser::Excerpt {
        let (before, after) = self.wrapper;
        if before == 0 && after == 0 {
            return sarus_parser::excerpt::excerpt(&self.lines, &self.text, start, end);
        }
        let last = self.text.len().saturating_sub(after as usize);
        let text = self.text.get(before as usize..last).unwrap_or_default();
        let (start, end) = (start.saturating_sub(before), end.saturating_sub(before));
        sarus_parser::excerpt::excerpt(&sarus_parser::LineTable::new(), text, start, end)
    }

    /// Line and column of a byte offset.
    pub fn line_column(&self, offset: u32) -> sarus_parser::LineColumn {
        let mut at = self.lines.line_column(&self.text, offset);
        if at.line == 1 {
            at.column = at.column.saturating_sub(self.wrapper.0).max(1);
        }
        at
    }
}

/// The value of the last `//# sourceURL=` comment.
fn source_url(text: &[u8]) -> Option<&str> {
    const MARKS: [&[u8]; 2] = [b"//# sourceURL=", b"//@ sourceURL="];
    let length = MARKS[0].len();
    let at = (0..text.len().checked_sub(length)? + 1)
        .rev()
        .find(|&at| MARKS.contains(&&text[at..at + length]))?;
    let rest = &text[at + length..];
    let end = rest
        .iter()
        .position(|byte| byte.is_ascii_whitespace())
        .unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end])
        .ok()
        .filter(|url| !url.is_empty())
}

/// A compiled function, script, module or eval source.
#[derive(Debug)]
pub struct CodeBlock {
    /// What it was compiled from.
    pub kind: CodeKind,
    /// Properties.
    pub flags: CodeFlags,
    /// The instructions.
    pub words: Vec<u32>,
    /// Constants, addressed by `Const` operands.
    pub constants: Vec<Constant>,
    /// Exception handlers; of those that cover an offset the first is the innermost.
    pub handlers: Vec<Handler>,
    /// Jump tables, addressed by `Table` operands.
    pub jump_tables: Vec<JumpTable>,
    /// Kind of each inline-cache slot.
    pub ic_kinds: Vec<IcKind>,
    /// Inner functions, addressed by `CreateClosure`, `CreateMethod`, `CreateClass`.
    pub functions: Vec<Arc<CodeBlock>>,
    /// Total number of registers of a frame, header included: frame size in 8-byte words (windows of calls included up to
    /// their header and arguments).
    pub register_count: u32,
    /// Formal parameters (registers 9..9+param_count), rest parameter excluded.
    pub param_count: u32,
    /// The `length` property.
    pub length: u32,
    /// Register that receives the cell of actual arguments when `flags.needs_actuals`, else [`NO_REGISTER`].
    pub actuals_reg: u32,
    /// Register of the generator object or async activation, else [`NO_REGISTER`].
    pub generator_reg: u32,
    /// The `name` property (empty string for anonymous functions).
    pub name: JsStr,
    /// Source span for `toString`: of the function, or the class for class constructors.
    pub span: sarus_parser::Span,
    /// The source.
    pub source: Arc<SourceText>,
    /// Positions of instructions.
    pub source_map: SourceMap,
    /// Loop headers, by ascending word offset.
    pub loops: Vec<LoopHeader>,
    /// For modules: imports, exports, cells.
    pub module: Option<Box<ModuleCode>>,
    /// Local variables that live in registers, for debuggers: (register, name), parameters included.
    pub register_names: Vec<(u32, JsStr)>,
    /// For a function that is compiled at its first call: how. Its only instruction is `CompileLazy` until then.
    pub lazy: Option<Box<crate::compiler::LazyCode>>,
    /// For the outermost block of a compilation, else zero.
    pub counts: CompileCounts,
}

/// How much one compilation did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CompileCounts {
    /// Functions in what was parsed, the program or lazy function itself included.
    pub functions: u32,
    /// Code blocks made of them.
    pub compiled: u32,
}

impl CodeBlock {
    /// Number of feedback bytes: one per word, see [`crate::opcodes`].
    pub fn feedback_len(&self) -> usize {
        self.words.len()
    }

    /// The handler for an exception at word `offset` (start of the throwing instruction).
    pub fn handler_at(&self, offset: u32) -> Option<&Handler> {
        self.handlers
            .iter()
            .find(|handler| handler.start <= offset && offset < handler.end)
    }
}

/// An exception handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First covered word offset.
    pub start: u32,
    /// One past the last covered word offset.
    pub end: u32,
    /// Where to continue (a `Catch` instruction).
    pub target: u32,
    /// Register whose `GetEnv` word is put back into fp[6], or [`NO_REGISTER`] to leave fp[6] as the frame had it at
    /// entry of the range (no environment is pushed in the range).
    pub env_reg: u32,
}

/// Targets of a `JumpTable` instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JumpTable {
    /// Value of the first target.
    pub low: i32,
    /// Offsets in words from the start of the `JumpTable` instruction.
    pub targets: Vec<i32>,
}

/// A loop header: where on-stack replacement may enter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoopHeader {
    /// Word offset of the first instruction of the loop (target of its back edges).
    pub offset: u32,
    /// Registers that may be live there: all locals and the temporaries in use (conservative): every register in
    /// `8..live_below` that is assigned by then.
    pub live_below: u32,
}

/// What an inline-cache slot caches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum IcKind {
    /// `GetProp`, `GetLength`, `GetMethod`, `GetSuperProp`
    GetProp,
    /// `SetProp`, `SetPropSloppy`
    SetProp,
    /// `GetElem`
    GetElem,
    /// `SetElem`, `SetElemSloppy`
    SetElem,
    /// `DefineOwn`
    DefineOwn,
    /// `DefineElem`
    DefineElem,
    /// `GetPrivate`, `SetPrivate`, `DefinePrivateField`
    Private,
    /// `GetSuperBase`, `GetSuperConstructor`
    Super,
    /// `InitInstance`
    Instance,
    /// `LoadGlobal`, `StoreGlobal`, …
    Global,
    /// All calls
    Call,
    /// All constructs
    Construct,
    /// `InstanceOf`
    InstanceOf,
    /// `In`
    In,
    /// `GetIterator` and the steps
    Iterator,
    /// `NewObject`, `NewObjectWith`
    Object,
    /// `NewArray`, `NewArrayWith`, `NewArrayConst`
    Array,
    /// `GetTemplateObject`
    Template,
}

impl IcKind {
    /// Whether it holds only what can be found again; template objects, for one, have to stay what they are.
    pub const fn is_cache(self) -> bool {
        matches!(
            self,
            IcKind::GetProp
                | IcKind::SetProp
                | IcKind::GetElem
                | IcKind::SetElem
                | IcKind::DefineOwn
                | IcKind::DefineElem
                | IcKind::Private
                | IcKind::Super
                | IcKind::Instance
                | IcKind::Global
                | IcKind::Call
                | IcKind::Construct
                | IcKind::InstanceOf
                | IcKind::In
        )
    }
}

/// A constant: a description that linking turns into a value or a table.
#[derive(Clone, Debug)]
pub enum Constant {
    /// A Number.
    Number(f64),
    /// A String; property names too.
    String(JsStr),
    /// A BigInt: digits as in the source, without the `n` (`123`, `0x1f`, `0o7`, `0b1`).
    BigInt(JsStr),
    /// A regular expression.
    RegExp {
        /// Between the slashes.
        pattern: JsStr,
        /// After the last slash.
        flags: JsStr,
    },
    /// A tagged template's strings.
    Template {
        /// Cooked strings; `None` is undefined.
        cooked: Vec<Option<JsStr>>,
        /// Raw strings.
        raw: Vec<JsStr>,
    },
    /// Keys of `NewObjectWith`.
    ObjectKeys(Vec<JsStr>),
    /// Elements of `NewArrayConst`.
    ArrayLiteral(Vec<LiteralElement>),
    /// A scope that has a heap environment.
    Scope(Arc<ScopeInfo>),
    /// Of `DeclareGlobals`, `DeclareEvalVars`.
    Declarations(Declarations),
    /// Of `CreateMappedArguments`: for each formal parameter the environment slot it aliases. (Of duplicate names only the
    /// last has one.)
    MappedArguments(Vec<Option<u32>>),
    /// Of `CallEval`.
    EvalSite(EvalSite),
}

/// Element of a constant array literal.
#[derive(Clone, PartialEq, Debug)]
pub enum LiteralElement {
    /// A missing element.
    Hole,
    /// undefined
    Undefined,
    /// null
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(JsStr),
}

/// Names of a scope with a heap environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScopeInfo {
    /// What kind of scope it is.
    pub kind: ScopeKind,
    /// Number of slots of its environment cells.
    pub slot_count: u32,
    /// Its names. Complete when `dynamic` (some lookup by name may come through), else there for debuggers only.
    pub names: Vec<ScopeName>,
    /// Lookups by name may pass through this scope.
    pub dynamic: bool,
    /// Slot that holds undefined, or the null-prototype object whose properties are the `var`s that sloppy direct evals added
    /// to this function.
    pub eval_vars_slot: Option<u32>,
    /// The scope belongs to a function (or program) boundary: `var`s do not go further out.
    pub is_var_scope: bool,
}

/// Kinds of scopes in [`ScopeInfo`].
pub use sarus_parser::scope::ScopeKind;

/// A name in a scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScopeName {
    /// The name (private names with `#`; implicit bindings as `this`, `new.target`, …).
    pub name: JsStr,
    /// Where its value is.
    pub place: NamePlace,
    /// What an assignment does.
    pub mutability: Mutability,
    /// A `let`, `const`, class or block function, or a parameter of a function whose parameters have expressions: a `var` of an eval
    /// may not pass it. (Simple catch parameters are not.)
    pub lexical: bool,
}

/// Where the value of a name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamePlace {
    /// Slot of the environment cell.
    Slot(u32),
    /// Cell of the module.
    ModuleCell(u32),
}

/// What an assignment to a name does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutability {
    /// Assigns (throws while the slot holds the hole).
    Mutable,
    /// Throws TypeError.
    Const,
    /// Own name of a function expression: TypeError in strict code, else ignored.
    FunctionName,
}

/// Declarations of a script or sloppy eval.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Declarations {
    /// Functions to create, last declaration of each name, in order.
    pub functions: Vec<JsStr>,
    /// `var` names that are not functions.
    pub vars: Vec<JsStr>,
    /// Annex B.3.3 names: created (as undefined) only if that does not conflict; see `CanDeclareGlobalFunction`.
    pub annex_b: Vec<JsStr>,
    /// Lexical names (scripts only; lexical names of evals live in the eval's own scope): (name, is constant).
    pub lexical: Vec<(JsStr, bool)>,
}

/// What a direct eval needs to know of its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalSite {
    /// Strictness and what is allowed.
    pub context: sarus_parser::EvalContext,
    /// Private names in scope, with `#`, innermost last.
    pub private_names: Vec<String>,
}

/// Static description of a module.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ModuleCode {
    /// `[[RequestedModules]]`
    pub requests: Vec<ModuleRequest>,
    /// Number of cells; imports and exported locals have one each.
    pub cell_count: u32,
    /// `[[ImportEntries]]`
    pub imports: Vec<ImportEntry>,
    /// `[[LocalExportEntries]]`: (exported name, cell).
    pub local_exports: Vec<(JsStr, u32)>,
    /// `[[IndirectExportEntries]]`
    pub indirect_exports: Vec<IndirectExport>,
    /// `[[StarExportEntries]]`: request indices.
    pub star_exports: Vec<u32>,
    /// `[[HasTLA]]`
    pub has_top_level_await: bool,
    /// Cells that are to hold undefined (not the hole) after linking: exported `var`s.
    pub undefined_cells: Vec<u32>,
}

/// Evaluation, defer or source.
pub use sarus_parser::ast::ImportPhase;

/// A requested module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleRequest {
    /// The specifier.
    pub specifier: JsStr,
    /// Evaluation, defer or source.
    pub phase: ImportPhase,
    /// Attributes, sorted by key.
    pub attributes: Vec<(JsStr, JsStr)>,
    /// Where the specifier is written.
    pub span: sarus_parser::Span,
}

/// What is taken from another module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportedName {
    /// A named export.
    Name(JsStr),
    /// The namespace object.
    Namespace,
    /// The module source.
    Source,
}

/// An import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportEntry {
    /// Index into `requests`.
    pub request: u32,
    /// What is imported.
    pub imported: ImportedName,
    /// The cell it is read through.
    pub cell: u32,
    /// Local name.
    pub local: JsStr,
    /// Where it is written.
    pub span: sarus_parser::Span,
}

/// A re-export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndirectExport {
    /// The exported name.
    pub exported: JsStr,
    /// Index into `requests`.
    pub request: u32,
    /// What of the other module.
    pub imported: ImportedName,
    /// Where it is written.
    pub span: sarus_parser::Span,
}
