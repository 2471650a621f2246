//! Collects scopes while parsing.
