//! Functions and classes.

use super::{
    Expr, FunctionId, Ident, Pattern, PatternElement, PropertyKey, RefId, ScopeId, Span, Stmt,
};

/// A function of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    /// The source text of the function, as `Function.prototype.toString` gives it (methods include the key, `static` excluded).
    pub span: Span,
    /// Dense number of this function in the source, see [`crate::Parsed::function_count`].
    pub id: FunctionId,
    /// Its properties.
    pub flags: FunctionFlags,
    /// The written name of a function declaration or expression (methods: `None`, their name is the key). For an expression it resolves
    /// to the binding in `name_scope`, for a declaration to the surrounding scope's.
    pub name: Option<Ident>,
    /// Scope of a named function expression's own name.
    pub name_scope: Option<ScopeId>,
    /// Scope of parameters and of the implicit bindings (`this`, `arguments`, …), and, unless `body_scope` is there, of everything declared at
    /// top level of the body.
    pub scope: ScopeId,
    /// Scope of the body's declarations when parameters have expressions. A `var` there with the name of a parameter (or `arguments`) starts with that
    /// one's value, see [`crate::scope::Binding::copies`].
    pub body_scope: Option<ScopeId>,
    /// The parameters before any rest parameter.
    pub parameters: &'a [PatternElement<'a>],
    /// The rest parameter.
    pub rest: Option<&'a Pattern<'a>>,
    /// Value of the `length` property: parameters before the first with a default or rest.
    pub length: u32,
    /// Parenthesized parameter list with its parentheses (for `x => …`: the identifier).
    pub parameters_span: Span,
    /// The body.
    pub body: FunctionBody<'a>,
    /// The body with its braces, or the expression.
    pub body_span: Span,
    /// What the code around it allowed where it starts: with this the function alone can be parsed again.
    pub surroundings: Surroundings,
    /// It stands where functions are usually called at once.
    pub likely_called: bool,
}

/// What the code around a function allows, packed by the parser; see [`crate::FunctionStart`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Surroundings(pub(crate) u16);

/// A function's body.
#[derive(Clone, Copy, Debug)]
pub enum FunctionBody<'a> {
    /// `{ … }`
    Block(&'a [Stmt<'a>]),
    /// The expression of an arrow function.
    Expr(&'a Expr<'a>),
}

/// Properties of a function (or program), as a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FunctionFlags(pub u32);

macro_rules! function_flags {
    ($($(#[$doc:meta])* $name:ident / $method:ident = $bit:literal,)*) => {
        impl FunctionFlags {
            $($(#[$doc])* pub const $name: FunctionFlags = FunctionFlags(1 << $bit);)*
            $($(#[$doc])* #[inline] pub const fn $method(self) -> bool { self.0 & Self::$name.0 != 0 })*

            /// The names of the set flags, for dumps.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                [$((Self::$name, stringify!($method))),*]
                    .into_iter()
                    .filter(move |(flag, _)| self.contains(*flag))
                    .map(|(_, name)| name)
            }
        }
    };
}

function_flags! {
    /// `async`; for a program: a module with top-level await.
    ASYNC / is_async = 0,
    /// `function*`, `*m() {}`
    GENERATOR / is_generator = 1,
    /// `=>`
    ARROW / is_arrow = 2,
    /// A method, getter or setter of an object literal or class (constructors are not): has a home object, is no constructor.
    METHOD / is_method = 3,
    /// A getter.
    GETTER / is_getter = 4,
    /// A setter.
    SETTER / is_setter = 5,
    /// The `constructor` of a class.
    CLASS_CONSTRUCTOR / is_class_constructor = 6,
    /// The `constructor` of a class with `extends`: `this` is uninitialized until `super()`.
    DERIVED / is_derived = 7,
    /// Runs the field initializers of a class (see [`Class::instance_init`], [`Class::static_init`]).
    CLASS_INIT / is_class_init = 8,
    /// Strict mode code.
    STRICT / is_strict = 9,
    /// Its own body starts with "use strict".
    USE_STRICT / has_use_strict = 10,
    /// No defaults, patterns or rest: a sloppy function then has a mapped arguments object.
    SIMPLE_PARAMETERS / has_simple_parameters = 11,
    /// Parameters contain expressions (defaults or computed keys).
    PARAMETER_EXPRESSIONS / has_parameter_expressions = 12,
    /// It or an arrow in it uses `this` (or may, by direct eval).
    USES_THIS / uses_this = 13,
    /// An `arguments` object has to be created at entry: a binding `arguments` (kind `Arguments`, or a `var` of that name) is in `scope`.
    USES_ARGUMENTS / uses_arguments = 14,
    /// It or an arrow in it has `super(…)`.
    USES_SUPER_CALL / uses_super_call = 15,
    /// It or an arrow in it has `super.x`: needs its home object.
    USES_SUPER_PROPERTY / uses_super_property = 16,
    /// It or an arrow in it has `new.target` (or `super(…)`).
    USES_NEW_TARGET / uses_new_target = 17,
    /// A call that may be direct eval stands in it (not in inner functions).
    HAS_DIRECT_EVAL / has_direct_eval = 18,
    /// A direct eval stands in it or in any inner function.
    CONTAINS_EVAL / contains_eval = 19,
    /// Contains `await`, `for await` or `await using` of its own.
    CONTAINS_AWAIT / contains_await = 20,
    /// Contains `yield` of its own.
    CONTAINS_YIELD / contains_yield = 21,
    /// Is a declaration (statement), not an expression.
    DECLARATION / is_declaration = 22,
    /// Contains inner functions or classes.
    HAS_INNER_FUNCTIONS / has_inner_functions = 23,
    /// A method or field initializer of the static side of a class.
    STATIC / is_static = 24,
    /// Code other than this function may see its `arguments` object while it runs, or the object is written to: it is used in
    /// other ways than by reading its `length`, its `callee` and its elements.
    ARGUMENTS_EXPOSED / exposes_arguments = 25,
    /// The `arguments` object is given to a call that is the last thing the function does.
    ARGUMENTS_LEAVE / arguments_leave = 26,
}

impl FunctionFlags {
    /// No flag.
    pub const NONE: FunctionFlags = FunctionFlags(0);

    /// Whether all of `other` are set.
    #[inline]
    pub const fn contains(self, other: FunctionFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets all of `other`.
    #[inline]
    pub const fn insert(&mut self, other: FunctionFlags) {
        self.0 |= other.0;
    }

    /// Union.
    #[inline]
    pub const fn with(self, other: FunctionFlags) -> FunctionFlags {
        FunctionFlags(self.0 | other.0)
    }

    /// Difference.
    #[inline]
    pub const fn without(self, other: FunctionFlags) -> FunctionFlags {
        FunctionFlags(self.0 & !other.0)
    }

    /// Intersection.
    #[inline]
    pub const fn and(self, other: FunctionFlags) -> FunctionFlags {
        FunctionFlags(self.0 & other.0)
    }
}

/// A class declaration or expression.
#[derive(Clone, Copy, Debug)]
pub struct Class<'a> {
    /// The source text of the class, as `Function.prototype.toString` gives it.
    pub span: Span,
    /// The written name; resolves to the immutable inner binding in `scope`.
    pub name: Option<Ident>,
    /// Scope of the inner name, around heritage and body; `None` for anonymous classes.
    pub scope: Option<ScopeId>,
    /// Scope of the private names and of the hidden bindings of fields, around the body; `None` when there are none.
    pub body_scope: Option<ScopeId>,
    /// `@…` before the class, evaluated outside all its scopes.
    pub decorators: &'a [Decorator<'a>],
    /// `extends …`
    pub heritage: Option<&'a Expr<'a>>,
    /// `constructor() {}`
    pub constructor: Option<&'a Function<'a>>,
    /// All other members, in source order.
    pub members: &'a [ClassMember<'a>],
    /// The function-like thing that initializes instance fields: all `Field`s that are not static run in it, in order, with `this` the new
    /// object. `None` when there are no instance fields. (Private methods are not counted.)
    pub instance_init: Option<ClassInit>,
    /// The function-like thing that runs static fields and static blocks, in order, with `this` the class.
    pub static_init: Option<ClassInit>,
    /// The body with its braces.
    pub body_span: Span,
}

/// The synthetic function that runs field initializers and static blocks.
#[derive(Clone, Copy, Debug)]
pub struct ClassInit {
    /// Its number.
    pub id: FunctionId,
    /// Its scope (kind `ClassInit`): holds the implicit `this`, home object, ….
    pub scope: ScopeId,
    /// `CLASS_INIT`, `STRICT`, `USES_THIS`, ….
    pub flags: FunctionFlags,
}

/// `@expr`
#[derive(Clone, Copy, Debug)]
pub struct Decorator<'a> {
    /// With the `@`.
    pub span: Span,
    /// A name, a chain of names, a call of one, or an expression in parentheses.
    pub expr: &'a Expr<'a>,
}

/// A member of a class body.
#[derive(Clone, Copy, Debug)]
pub struct ClassMember<'a> {
    /// The whole member, decorators included.
    pub span: Span,
    /// `@…` before the member, evaluated before its key.
    pub decorators: &'a [Decorator<'a>],
    /// `static`
    pub is_static: bool,
    /// What it is.
    pub kind: ClassMemberKind<'a>,
}

/// The kinds of class members.
#[derive(Clone, Copy, Debug)]
pub enum ClassMemberKind<'a> {
    /// A method, getter or setter (see its flags).
    Method {
        /// The key.
        key: PropertyKey<'a>,
        /// The function.
        function: &'a Function<'a>,
    },
    /// A field, or an auto-accessor (`accessor x`).
    Field {
        /// The key; a computed one is evaluated in the class scope, once.
        key: PropertyKey<'a>,
        /// For a computed key: resolves, as seen from the initializer function, to a hidden binding in the class scope where the evaluated key is kept.
        key_binding: Option<RefId>,
        /// The initializer, evaluated in `instance_init`/`static_init`.
        value: Option<&'a Expr<'a>>,
        /// `accessor x`: resolves, as `key_binding` does, to a hidden binding for the private name of its storage.
        storage: Option<RefId>,
        /// With decorators: resolves, as `key_binding` does, to a hidden binding for the initializers they add.
        hooks: Option<RefId>,
    },
    /// `static { … }`: runs in `static_init`, with a `var` scope of its own.
    StaticBlock {
        /// Its scope, of kind `StaticBlock`.
        scope: ScopeId,
        /// The statements.
        body: &'a [Stmt<'a>],
    },
}
