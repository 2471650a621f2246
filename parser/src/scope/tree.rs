//! The tables scope analysis produces.

use crate::ast::Name;
use std::num::NonZeroU32;
use std::ops::Range;

/// Index of a scope in [`ScopeTree::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(NonZeroU32);

impl ScopeId {
    /// The id of index `index`.
    pub(crate) fn new(index: usize) -> ScopeId {
        ScopeId(NonZeroU32::MIN.saturating_add(index as u32))
    }

    /// Index into [`ScopeTree::scopes`].
    #[inline]
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl std::fmt::Debug for ScopeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ScopeId({})", self.index())
    }
}

/// Dense number of a function (or class initializer, or the program) within one source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FunctionId(pub u32);

impl FunctionId {
    /// The program itself.
    pub const PROGRAM: FunctionId = FunctionId(0);

    /// As an index.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Key of one identifier occurrence; see [`References::resolve`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RefId(pub u32);

/// Index of a binding in [`ScopeTree::bindings`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BindingId(pub u32);

impl BindingId {
    /// As an index.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What opens a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    /// Top level of a script.
    Script,
    /// Top level of a module.
    Module,
    /// Top level of an eval source. In sloppy evals its `var`s and functions belong to the surrounding function or global.
    Eval,
    /// A function: parameters, implicit bindings and (without `FunctionBody`) the body's declarations.
    Function,
    /// The body of a function whose parameters have expressions.
    FunctionBody,
    /// The own name of a named function expression: lives in the function's activation, outside of all its other scopes.
    FunctionName,
    /// A class: its inner name, around heritage and body.
    Class,
    /// A class body: private names and hidden keys of computed fields (not seen by the heritage).
    ClassBody,
    /// The synthetic function of field initializers; entered once per field in source order.
    ClassInit,
    /// A `static { }` block.
    StaticBlock,
    /// A block.
    Block,
    /// The head of a `for (;;)` loop.
    For,
    /// The head of a `for-in`/`for-of` loop.
    ForIn,
    /// A `catch` parameter.
    Catch,
    /// The cases of a `switch`.
    Switch,
    /// The body of a `with`.
    With,
}

impl ScopeKind {
    /// Whether the scope starts a new function activation (or program).
    pub const fn is_function_boundary(self) -> bool {
        matches!(
            self,
            ScopeKind::Script
                | ScopeKind::Module
                | ScopeKind::Eval
                | ScopeKind::Function
                | ScopeKind::ClassInit
        )
    }

    /// Whether `var` declarations stop here.
    pub const fn is_var_scope(self) -> bool {
        matches!(
            self,
            ScopeKind::Script
                | ScopeKind::Module
                | ScopeKind::Eval
                | ScopeKind::Function
                | ScopeKind::FunctionBody
                | ScopeKind::StaticBlock
                | ScopeKind::ClassInit
        )
    }
}

/// A scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What opens it.
    pub kind: ScopeKind,
    /// The next scope outwards.
    pub parent: Option<ScopeId>,
    /// The function whose activation it lives in.
    pub function: FunctionId,
    /// Its bindings: a range of [`ScopeTree::bindings`].
    pub bindings: Range<u32>,
    /// A direct eval can see this scope (it stands in it or further in): all bindings are captured and must be findable by name.
    pub contains_eval: bool,
    /// A sloppy direct eval may add `var`s here (only var scopes; evals inside blocks count for the var scope around).
    pub has_sloppy_eval: bool,
    /// Stands inside a `with` body of this source (in the same or an outer function).
    pub inside_with: bool,
    /// Some lookup by name may pass through here (`with` or eval further in), so its environment needs names.
    pub dynamic_lookup: bool,
    /// Has captured bindings, so it needs a heap environment at run time.
    pub needs_environment: bool,
    /// Declares `using` or `await using` resources.
    pub has_using: bool,
    /// Belongs to strict code.
    pub strict: bool,
    /// A function declaration's: it may run before what precedes it in the source.
    pub hoisted: bool,
}

/// What declares a binding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BindingKind {
    /// `var`
    Var,
    /// A function declaration at top level of a function or program: `var`-like.
    Function,
    /// A function declaration in a block (or at top level of a module): `let`-like, initialized at block entry.
    LexicalFunction,
    /// `let`
    Let,
    /// `const`
    Const,
    /// `using`
    Using,
    /// `await using`
    AwaitUsing,
    /// A class declaration: `let`-like.
    Class,
    /// The inner name of a class: `const`-like.
    ClassName,
    /// A parameter.
    Parameter,
    /// A simple `catch (e)` parameter.
    CatchSimple,
    /// A variable of a `catch ({ … })` pattern.
    CatchPattern,
    /// The own name of a function expression: assignment fails silently in sloppy code, throws in strict code.
    FunctionName,
    /// An imported binding: immutable, lives in another module.
    Import,
    /// A private name: holds the `PrivateName`. Kinds are told apart because of early errors.
    PrivateField,
    /// `#m() {}`
    PrivateMethod,
    /// `get #m() {}` only
    PrivateGetter,
    /// `set #m(v) {}` only
    PrivateSetter,
    /// Both of a pair.
    PrivateAccessor,
    /// What the class definition keeps for the initializer of a field: its evaluated key, the storage's private name of an
    /// auto-accessor, initializers that decorators added.
    FieldKey,
    /// The implicit `this` of a function.
    This,
    /// The implicit `arguments` of a function.
    Arguments,
    /// The implicit `new.target` of a function.
    NewTarget,
    /// The implicit home object of a method.
    HomeObject,
    /// The running function itself (for `super()`).
    ActiveFunction,
}

impl BindingKind {
    /// Lexically declared: subject to redeclaration errors and temporal dead zone (except functions).
    pub const fn is_lexical(self) -> bool {
        matches!(
            self,
            BindingKind::LexicalFunction
                | BindingKind::Let
                | BindingKind::Const
                | BindingKind::Using
                | BindingKind::AwaitUsing
                | BindingKind::Class
                | BindingKind::Import
        )
    }

    /// In `VarDeclaredNames`/`VarScopedDeclarations` of its scope.
    pub const fn is_var_scoped(self) -> bool {
        matches!(self, BindingKind::Var | BindingKind::Function)
    }

    /// Starts uninitialized: reads and writes before the initialization throw ReferenceError. (Parameters of functions with
    /// parameter expressions are too, and `this` of derived constructors.)
    pub const fn has_tdz(self) -> bool {
        matches!(
            self,
            BindingKind::Let
                | BindingKind::Const
                | BindingKind::Using
                | BindingKind::AwaitUsing
                | BindingKind::Class
                | BindingKind::ClassName
                | BindingKind::CatchPattern
                | BindingKind::Import
        )
    }

    /// Assignment throws TypeError (for `FunctionName` only in strict code).
    pub const fn is_immutable(self) -> bool {
        matches!(
            self,
            BindingKind::Const
                | BindingKind::Using
                | BindingKind::AwaitUsing
                | BindingKind::ClassName
                | BindingKind::Import
                | BindingKind::FunctionName
        )
    }

    /// Not written by the program: `this`, `arguments`, …
    pub const fn is_implicit(self) -> bool {
        matches!(
            self,
            BindingKind::This
                | BindingKind::Arguments
                | BindingKind::NewTarget
                | BindingKind::HomeObject
                | BindingKind::ActiveFunction
        )
    }

    /// A private name of any kind.
    pub const fn is_private(self) -> bool {
        matches!(
            self,
            BindingKind::PrivateField
                | BindingKind::PrivateMethod
                | BindingKind::PrivateGetter
                | BindingKind::PrivateSetter
                | BindingKind::PrivateAccessor
        )
    }
}

/// A binding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Its name. Private names include the `#`; implicit bindings have names no program can write.
    pub name: Name,
    /// What declares it.
    pub kind: BindingKind,
    /// Its scope.
    pub scope: ScopeId,
    /// Used from an inner function, or visible to a direct eval, or looked up by name: needs a heap slot.
    pub captured: bool,
    /// Assigned to other than by its initialization.
    pub assigned: bool,
    /// Read or written at all (or possibly, by eval).
    pub used: bool,
    /// Some use may come before the initialization (only when it can be uninitialized at all): if false, the slot needs no "uninitialized" marker.
    pub maybe_uninitialized: bool,
    /// Exists only because a function declaration in a block is also a `var` (Annex B.3.3). In scripts and sloppy evals the runtime makes
    /// these conditional (`CanDeclareGlobalFunction`, no conflict with enclosing lexical names).
    pub annex_b: bool,
    /// Exported from the module under some name.
    pub exported: bool,
    /// A `var` or function in a `FunctionBody` scope with the name of a parameter (or `arguments`): its initial value is that binding's
    /// (functions are then overwritten by the function).
    pub copies: Option<BindingId>,
    /// Where in the source it is initialized: what stands before may see it uninitialized. `0`: never seen so; `u32::MAX`: unknown.
    pub initialized_at: u32,
    /// Number of heap slot within the scope's environment, when captured; dense in declaration order.
    pub slot: u32,
}

/// What an identifier occurrence means; see the module docs of [`crate::scope`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resolution {
    /// The binding found in this source.
    pub binding: Option<BindingId>,
    /// Must be looked up by name at run time.
    pub dynamic: bool,
    /// The binding may be uninitialized at this occurrence: check.
    pub needs_tdz_check: bool,
}

impl Resolution {
    /// Not bound in this source and not dynamic either: a global (or outer) name.
    pub const fn is_none(self) -> bool {
        self.binding.is_none() && !self.dynamic
    }
}

/// All scopes and bindings of a source. Scope 0 is the program's.
#[derive(Default, Debug)]
pub struct ScopeTree {
    /// All scopes; a parent may have a higher index than its children (arrow functions).
    pub scopes: Vec<Scope>,
    /// All bindings, grouped by scope.
    pub bindings: Vec<Binding>,
}

impl ScopeTree {
    /// A scope.
    #[inline]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// A binding.
    #[inline]
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.index()]
    }

    /// The bindings of a scope with their ids, in declaration order.
    pub fn bindings_of(
        &self,
        id: ScopeId,
    ) -> impl DoubleEndedIterator<Item = (BindingId, &Binding)> {
        let range = self.scope(id).bindings.clone();
        range.map(|index| (BindingId(index), &self.bindings[index as usize]))
    }

    /// The binding of `name` declared in exactly this scope.
    pub fn find(&self, id: ScopeId, name: Name) -> Option<BindingId> {
        self.bindings_of(id)
            .find(|(_, binding)| binding.name == name)
            .map(|(id, _)| id)
    }

    /// `VarDeclaredNames`: names of `var`s and top-level functions, each once, Annex B functions excluded.
    pub fn var_names(&self, id: ScopeId) -> impl Iterator<Item = (BindingId, &Binding)> {
        self.bindings_of(id)
            .filter(|(_, binding)| binding.kind.is_var_scoped() && !binding.annex_b)
    }

    /// Names of functions in blocks that may become `var`s of this scope (Annex B.3.3).
    pub fn annex_b_names(&self, id: ScopeId) -> impl Iterator<Item = (BindingId, &Binding)> {
        self.bindings_of(id).filter(|(_, binding)| binding.annex_b)
    }

    /// `LexicallyDeclaredNames`.
    pub fn lexical_names(&self, id: ScopeId) -> impl Iterator<Item = (BindingId, &Binding)> {
        self.bindings_of(id)
            .filter(|(_, binding)| binding.kind.is_lexical())
    }
}

/// The resolutions of all identifier occurrences.
#[derive(Default, Debug)]
pub struct References {
    pub(crate) packed: Vec<u32>,
}

const TDZ_BIT: u32 = 1 << 31;
const DYNAMIC_BIT: u32 = 1 << 30;
pub(crate) const NO_BINDING: u32 = DYNAMIC_BIT - 1;

impl References {
    /// The resolution of an occurrence.
    #[inline]
    pub fn resolve(&self, reference: RefId) -> Resolution {
        let packed = self
            .packed
            .get(reference.0 as usize)
            .copied()
            .unwrap_or(NO_BINDING);
        let binding = packed & NO_BINDING;
        Resolution {
            binding: (binding != NO_BINDING).then_some(BindingId(binding)),
            dynamic: packed & DYNAMIC_BIT != 0,
            needs_tdz_check: packed & TDZ_BIT != 0,
        }
    }

    pub(crate) fn pack(binding: u32, dynamic: bool, needs_tdz_check: bool) -> u32 {
        binding | if dynamic { DYNAMIC_BIT } else { 0 } | if needs_tdz_check { TDZ_BIT } else { 0 }
    }
}
