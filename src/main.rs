//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    tuquan::command::run()
}
