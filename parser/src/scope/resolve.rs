//! Resolves the event log.
