//! Compiles every `.js` file under a directory and reports what fails other than by a syntax error.
//!
//! In debug builds the verifier checks every code block. With `--lazy` first, every file is compiled lazily too, and what waits is
//! compiled and compared. `bytecode-check [--lazy] dir…`

use sarus_bytecode::{
    CodeBlock, CompileError, CompileOptions, SourceText, compile_module, compile_script, lazy_check,
};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::Arc;

fn compile(
    source: &Arc<SourceText>,
    module: bool,
    lazy: bool,
) -> Result<Arc<CodeBlock>, CompileError> {
    let options = CompileOptions {
        completion: true,
        lazy,
    };
    if !module {
        match compile_script(source, options) {
            Err(CompileError::Syntax(_)) => {}
            result => return result,
        }
    }
    compile_module(source, options)
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let check_lazy = arguments.next_if(|argument| argument == "--lazy").is_some();
    let mut stack: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let (mut files, mut syntax, mut failed, mut waited) = (0u32, 0u32, 0u32, 0usize);
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
            let eager = compile(&source, module, false)?;
            if !check_lazy {
                return Ok(Ok(0));
            }
            let lazy = compile(&source, module, true)?;
            Ok(lazy_check::compare(&eager, &lazy))
        });
        match result {
            Ok(Ok(Ok(count))) => waited += count,
            Ok(Ok(Err(difference))) => {
                failed += 1;
                println!("{}: {difference}", path.display());
            }
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
    println!("{files} files, {syntax} syntax errors, {failed} failures, {waited} functions waited");
}
