//! Frames, dispatch loop, calls, generators and inline-cache update of sarus.

/// Makes the agent run bytecode.
///
/// # Errors
/// A message when the stack cannot be reserved.
pub fn install(_agent: &mut sarus_runtime::Agent) -> Result<(), String> {
    Err("the interpreter is not there yet".into())
}
