//! Functions of the engine that `--allow-natives-syntax` lets programs call: `%Name(…)`, named as V8 names them.
//!
//! A call is that of a global function called `%Name`, which nothing but this syntax can name plainly. What each does stands
//! in `interp/src/natives.rs`.

macro_rules! natives {
    ($($(#[$doc:meta])* $name:ident = $global:literal, $arguments:expr;)*) => {
        /// A function of the engine.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Native { $($(#[$doc])* $name,)* }

        impl Native {
            /// All of them.
            pub const ALL: &'static [Native] = &[$(Native::$name),*];

            /// Its name as a global function.
            pub const fn global_name(self) -> &'static str {
                match self { $(Native::$name => $global,)* }
            }

            /// The number of arguments it has to be given; `None` if it takes any number.
            pub const fn arguments(self) -> Option<u32> {
                match self { $(Native::$name => $arguments,)* }
            }
        }
    };
}

natives! {
    /// Lets a function record what it sees, which functions do at their second call only.
    PrepareFunctionForOptimization = "%PrepareFunctionForOptimization", None;
    /// The next call of a function finds it compiled.
    OptimizeFunctionOnNextCall = "%OptimizeFunctionOnNextCall", None;
    /// A function stays in the interpreter.
    NeverOptimizeFunction = "%NeverOptimizeFunction", Some(1);
    /// Discards the compiled code of a function.
    DeoptimizeFunction = "%DeoptimizeFunction", Some(1);
    /// Discards the compiled code of the calling function.
    DeoptimizeNow = "%DeoptimizeNow", Some(0);
    /// A function forgets what it has seen.
    ClearFunctionFeedback = "%ClearFunctionFeedback", Some(1);
    /// What tier a function is in, in bits.
    GetOptimizationStatus = "%GetOptimizationStatus", Some(1);
    /// Whether a function is entered in the interpreter.
    ActiveTierIsIgnition = "%ActiveTierIsIgnition", Some(1);
    /// Whether a function has code of the optimizing tier.
    ActiveTierIsTurbofan = "%ActiveTierIsTurbofan", Some(1);
    /// The loop that runs goes on in compiled code.
    OptimizeOsr = "%OptimizeOsr", None;
    /// Waits for all compiles that were asked for.
    FinalizeOptimization = "%FinalizeOptimization", Some(0);
    /// Whether the calling code runs in the interpreter.
    IsBeingInterpreted = "%IsBeingInterpreted", Some(0);
    /// Whether an object's properties are found by its shape.
    HasFastProperties = "%HasFastProperties", Some(1);
    /// Whether an object has its elements in a table.
    HasDictionaryElements = "%HasDictionaryElements", Some(1);
    /// Whether two objects have the same shape.
    HaveSameMap = "%HaveSameMap", Some(2);
    /// Prints what the engine knows of a value.
    DebugPrint = "%DebugPrint", None;
    /// Collects garbage.
    CollectGarbage = "%CollectGarbage", Some(1);
}

impl Native {
    /// The function called `name`, without the `%`.
    pub fn from_name(name: &str) -> Option<Native> {
        let is_it = |native: &&Native| native.global_name().strip_prefix('%') == Some(name);
        Native::ALL.iter().find(is_it).copied()
    }
}
