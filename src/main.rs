//! The `alike` program: parse, run, exit code.
fn main() {}
