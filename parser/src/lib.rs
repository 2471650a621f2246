//! Lexer, AST, parser, scope analysis, early errors and diagnostics of sarus.
