//! Which optional language features a test needs: one table from test262's feature tags to the engine's.

use sarus_parser::{Feature, Features};

/// Feature tag of the suite, feature of the engine.
#[rustfmt::skip]
const TABLE: &[(&str, Feature)] = &[
    ("decorators",              Feature::Decorators),
    ("tail-call-optimization",  Feature::TailCalls),
    ("import-defer",            Feature::ImportDefer),
    ("source-phase-imports",    Feature::SourcePhase),
    ("ShadowRealm",             Feature::ShadowRealm),
    ("immutable-arraybuffer",   Feature::ImmutableArrayBuffer),
    ("error-stack-accessor",    Feature::ErrorStackAccessor),
    ("import-bytes",            Feature::ImportBytes),
];

/// The features that a test with these tags needs.
pub fn needed(tags: &[String]) -> Features {
    TABLE
        .iter()
        .filter(|(tag, _)| tags.iter().any(|t| t == tag))
        .map(|&(_, feature)| feature)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_enable_features() {
        let features = needed(&["class".into(), "decorators".into()]);
        assert!(features.has(Feature::Decorators));
        assert!(!features.has(Feature::TailCalls));
        assert_eq!(needed(&[]), Features::NONE);
    }
}
