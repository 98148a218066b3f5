//! The process: its streams, its clock and its terminal.

use super::{
    outside::{NOTHING, Outside},
    run::run,
};
use crate::time::Moment;
use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

/// Does what a command line says, over the streams, the clock and the terminal of the process; see [`run`].
///
/// ```
/// // `ctem --version`
/// assert_eq!(ctem_core::cli::main(["--version"]), 0);
/// ```
pub fn main(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> u8 {
    let progress = Progress::begin();
    let tell = |what: &str| progress.say(what);
    let mut stderr = io::stderr();
    let Some(now) = now() else {
        // There is nobody to tell that it cannot be written.
        let _ = writeln!(stderr, "error: the clock of this machine is no date: set it");
        return NOTHING;
    };
    let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into());
    let mut outside = Outside {
        stdin: &mut io::stdin().lock(),
        stdout: &mut io::stdout().lock(),
        stderr: &mut stderr,
        folder: Path::new(""),
        now,
        width,
        progress: &tell,
    };
    run(arguments, &mut outside)
}

fn now() -> Option<Moment> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Moment::from_unix_seconds(seconds.try_into().ok()?).ok()
}

/// Says on a terminal what is being done, once it takes longer than a second.
struct Progress {
    stage: Option<Arc<Mutex<String>>>,
}

impl Progress {
    fn begin() -> Self {
        if !io::stderr().is_terminal() {
            return Self { stage: None };
        }
        let stage = Arc::new(Mutex::new(String::new()));
        let told = Arc::downgrade(&stage);
        thread::spawn(move || {
            let mut seconds = 0;
            loop {
                thread::sleep(Duration::from_secs(1));
                seconds += 1;
                let Some(stage) = told.upgrade() else { return };
                // Held while it is written, so that nothing is written after it was said that nothing is done.
                if let Ok(stage) = stage.lock()
                    && !stage.is_empty()
                {
                    let _ = write!(io::stderr(), "\r\x1b[K{stage} … {seconds} s");
                }
            }
        });
        Self { stage: Some(stage) }
    }

    /// Says what is done from now on; an empty text clears the line, so that what follows stands alone.
    fn say(&self, what: &str) {
        let Some(Ok(mut stage)) = self.stage.as_ref().map(|stage| stage.lock()) else { return };
        if what.is_empty() && !stage.is_empty() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        what.clone_into(&mut stage);
    }
}
