//! What is outside of the engine, as the command line meets it.

use crate::{error::Error, time::Moment};
use std::{
    io::{self, Read, Write},
    path::Path,
};

/// All went well.
pub(super) const FINE: u8 = 0;
/// Something could not be read, though the rest was.
pub(super) const NOT_ALL: u8 = 1;
/// The command line is wrong, or nothing could be done.
pub(super) const NOTHING: u8 = 2;
/// A gate stops.
pub(super) const STOPS: u8 = 3;

/// What is outside of the engine: streams, the clock, the working folder and the terminal.
///
/// ```
/// use ctem_core::cli::{Outside, run};
///
/// // On another day.
/// let mut stdout = Vec::new();
/// let mut outside = Outside {
///     stdin: &mut ctem_core::wire::EXAMPLE.as_bytes(),
///     stdout: &mut stdout,
///     stderr: &mut Vec::new(),
///     folder: "".as_ref(),
///     now: "2026-01-31".parse()?,
///     width: Some(80),
///     progress: &|_| {},
/// };
/// run(["-"], &mut outside);
/// assert!(String::from_utf8_lossy(&stdout).contains("What to do first, as of 2026-01-31"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub struct Outside<'a> {
    /// What `-` reads.
    pub stdin: &'a mut dyn Read,
    /// Where answers go.
    pub stdout: &'a mut dyn Write,
    /// Where goes what went wrong.
    pub stderr: &'a mut dyn Write,
    /// The folder that paths begin at; empty for the one of the process.
    pub folder: &'a Path,
    /// The moment an assessment is of, unless one is stated.
    pub now: Moment,
    /// The columns of the terminal, where answers go to one.
    pub width: Option<usize>,
    /// Told what is being done, and an empty text when nothing is.
    pub progress: &'a dyn Fn(&str),
}

impl Outside<'_> {
    /// Writes an answer, to a reader that may have gone away.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        (self.progress)("");
        match self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure(format!("the answer cannot be written: {error}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes a line of what a person must know. There is nobody to tell that it cannot be written.
    pub(super) fn say(&mut self, line: &str) {
        (self.progress)("");
        let _ = writeln!(self.stderr, "{line}");
    }

    /// The columns that texts have, where none are stated.
    pub(super) fn columns(&self) -> usize {
        self.width.unwrap_or(100)
    }
}

/// Why nothing can be done, on one line.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}
