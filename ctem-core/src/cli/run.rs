//! One command line, from what it says to how it ends.

use super::{
    arguments::{Arguments, Verb},
    ask, explain, formats, gate, intel,
    outside::{FINE, Failure, NOTHING, Outside},
    plan, report, shell, unknown,
};
use std::ffi::OsString;

/// Does what a command line says, without the program's name in front, and returns how it ends: 0 where all went well, 1 where something
/// could not be read though the rest was, 2 where the command line is wrong or nothing could be done, and 3 where a gate stops.
///
/// A reader that goes away, as `head` does, is no error.
///
/// ```
/// use ctem_core::cli::{Outside, run};
///
/// let mut stderr = Vec::new();
/// let mut outside = Outside {
///     stdin: &mut std::io::empty(),
///     stdout: &mut std::io::sink(),
///     stderr: &mut stderr,
///     folder: "".as_ref(),
///     now: "2025-11-13".parse()?,
///     width: None,
///     progress: &|_| {},
/// };
/// assert_eq!(run(["scan.json", "--format", "trivyy"], &mut outside), 2);
/// assert_eq!(
///     String::from_utf8_lossy(&stderr),
///     "error: `trivyy` is not a format: did you mean `trivy`? `ctem formats` lists all\n"
/// );
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString>>, outside: &mut Outside<'_>) -> u8 {
    let ended = match Arguments::of(arguments.into_iter().map(Into::into), outside.width) {
        Ok(Arguments { verb: None, plan }) => plan::plan(*plan, outside),
        Ok(Arguments { verb: Some(verb), .. }) => match verb {
            Verb::Plan(asked) => plan::plan(*asked, outside),
            Verb::Gate(asked) => gate::gate(*asked, outside),
            Verb::Explain(asked) => explain::explain(*asked, outside),
            Verb::Ask(asked) => ask::ask(*asked, outside),
            Verb::Unknown(asked) => unknown::unknown(*asked, outside),
            Verb::Report(asked) => report::report(*asked, outside),
            Verb::Intel(asked) => intel::intel(*asked, outside),
            Verb::Formats(asked) => formats::formats(&asked, outside),
            Verb::Completion { shell } => shell::completion(shell, outside),
            Verb::Man { verb } => shell::man(verb.as_deref(), outside),
        },
        Err(error) if error.use_stderr() => {
            outside.say(error.render().to_string().trim_end());
            return NOTHING;
        }
        Err(help) => outside.print(&help.render().to_string()).map(|()| FINE),
    };
    (outside.progress)("");
    ended.unwrap_or_else(|Failure(why)| {
        outside.say(&format!("error: {why}"));
        NOTHING
    })
}
