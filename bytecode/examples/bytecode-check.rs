//! Compiles every `.js` file under a directory and reports what fails other than by a syntax error.
//!
//! In debug builds the verifier checks every code block. `bytecode-check dir…`

use sarus_bytecode::{CompileError, CompileOptions, SourceText, compile_module, compile_script};
use std::panic::catch_unwind;
use std::path::PathBuf;

fn main() {
    let mut stack: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let (mut files, mut syntax, mut failed) = (0u32, 0u32, 0u32);
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            stack.extend(entries.map(|entry| entry.path()));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let Ok(text) = std::fs::read(&path) else {
            continue;
        };
        let head = String::from_utf8_lossy(&text);
        let module = head.contains("flags: [module");
        files += 1;
        let source = SourceText::new(text.clone(), path.display().to_string());
        let result = catch_unwind(|| {
            if module {
                compile_module(&source)
            } else {
                let result = compile_script(&source, CompileOptions { completion: true });
                match result {
                    Err(CompileError::Syntax(_)) => compile_module(&source),
                    result => result,
                }
            }
        });
        match result {
            Ok(Ok(_)) => {}
            Ok(Err(CompileError::Syntax(_))) => syntax += 1,
            Ok(Err(error)) => {
                failed += 1;
                println!("{}: {error}", path.display());
            }
            Err(_) => {
                failed += 1;
                println!("{}: panicked", path.display());
            }
        }
    }
    println!("{files} files, {syntax} syntax errors, {failed} failures");
}
