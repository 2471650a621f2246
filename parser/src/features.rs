//! Language features that are not on by default: one table of the `--harmony-*` options, and `--allow-natives-syntax`.
//!
//! A row is all that the driver's option, its help, the messages of the parser and the embedder's [`Features`] need. Features that
//! have no syntax stand here too: the set travels with the source text and the agent.

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $option:literal, $help:literal;)*) => {
        /// A language feature that has to be enabled.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Feature { $($(#[$doc])* $name,)* }

        impl Feature {
            /// All features, in the order of the table.
            pub const ALL: &'static [Feature] = &[$(Feature::$name),*];

            /// The option that enables it.
            pub const fn option(self) -> &'static str {
                match self { $(Feature::$name => $option,)* }
            }

            /// What it is, for `--help` and messages.
            pub const fn help(self) -> &'static str {
                match self { $(Feature::$name => $help,)* }
            }
        }
    };
}

features! {
    /// <https://tc39.es/proposal-decorators/>
    Decorators = "--harmony-decorators", "decorators and auto-accessors of classes";
    /// Calls in tail position of strict code reuse the caller's frame: <https://tc39.es/ecma262/#sec-preparefortailcall>
    TailCalls  = "--harmony-tailcalls", "proper tail calls in strict code";
    /// <https://tc39.es/proposal-defer-import-eval/>
    ImportDefer = "--harmony-import-defer", "import defer and import.defer()";
    /// <https://tc39.es/proposal-source-phase-imports/>
    SourcePhase = "--harmony-source-phase", "import source and import.source()";
    /// <https://tc39.es/proposal-shadowrealm/>
    ShadowRealm = "--harmony-shadow-realm", "ShadowRealm";
    /// <https://tc39.es/proposal-immutable-arraybuffer/>
    ImmutableArrayBuffer = "--harmony-immutable-arraybuffer", "immutable ArrayBuffers";
    /// <https://tc39.es/proposal-error-stack-accessor/>
    ErrorStackAccessor = "--harmony-error-stack-accessor", "stack as an accessor of Error.prototype alone";
    /// <https://tc39.es/proposal-import-bytes/>
    ImportBytes = "--harmony-import-bytes", "imports with { type: 'bytes' }";
    /// Calls of [`Native`](crate::Native) functions; no part of `--harmony`.
    NativesSyntax = "--allow-natives-syntax", "%Name(...) calls functions of the engine, named as V8's";
}

impl Feature {
    /// The feature that `option` enables.
    pub fn from_option(option: &str) -> Option<Feature> {
        Feature::ALL
            .iter()
            .copied()
            .find(|feature| feature.option() == option)
    }
}

/// A set of features.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Features(u32);

impl Features {
    /// None of them.
    pub const NONE: Features = Features(0);

    /// All that are to come to the language (`--harmony`).
    pub fn all() -> Features {
        let proposed = |f: &Feature| *f != Feature::NativesSyntax;
        Feature::ALL.iter().copied().filter(proposed).collect()
    }

    /// Whether `feature` is enabled.
    #[inline]
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & 1 << feature as u8 != 0
    }

    /// Enables `feature`.
    pub const fn insert(&mut self, feature: Feature) {
        self.0 |= 1 << feature as u8;
    }

    /// The set with `feature`.
    pub const fn with(mut self, feature: Feature) -> Features {
        self.insert(feature);
        self
    }
}

impl Features {
    /// The features whose options are among the words of `text`, as in the first line of a test.
    pub fn named_in(text: &str) -> Features {
        if text.split_whitespace().any(|word| word == "--harmony") {
            return Features::all();
        }
        text.split_whitespace()
            .filter_map(Feature::from_option)
            .collect()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Features {
        features
            .into_iter()
            .fold(Features::NONE, |set, feature| set.with(feature))
    }
}

const _: () = assert!(Feature::ALL.len() <= 32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_distinct_and_found() {
        for &feature in Feature::ALL {
            let is_proposal = feature.option().starts_with("--harmony-");
            assert_eq!(is_proposal, feature != Feature::NativesSyntax);
            assert_eq!(Feature::from_option(feature.option()), Some(feature));
            assert_eq!(Features::all().has(feature), is_proposal);
            assert!(!Features::NONE.has(feature));
        }
        assert_eq!(Feature::from_option("--harmony"), None);
    }

    #[test]
    fn options_in_text() {
        let features = Features::named_in("// flags: --harmony-tailcalls");
        assert_eq!(features, Features::NONE.with(Feature::TailCalls));
        assert_eq!(Features::named_in("--harmony"), Features::all());
    }
}
