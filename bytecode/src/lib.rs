//! Opcode table, instruction encoding, code blocks and the AST-to-bytecode compiler of sarus.
