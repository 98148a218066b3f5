//! A program in one SQLite file, by the feature `sqlite`.
//!
//! A write is a transaction that is on the disk before it returns (write-ahead log, `synchronous = FULL`), so that what was answered is
//! there again however the process ended. The file says what it is: one of another program, or of a newer version, is refused and not
//! touched; an older one is copied beside itself before it is raised to this version. Writers name the revision they write on, within a
//! transaction that takes the file's write lock first, so of two one is told. Readers see one revision whole.

use super::store::{Store, Stored, moved_on};
use crate::error::{Error, ErrorKind, Result, quoted};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// What the file says it is: `ctem` in ASCII.
const APPLICATION: i32 = 0x6374_656d;

const SCHEMA: &str = "
    CREATE TABLE program (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, checkpoint TEXT NOT NULL) STRICT;
    CREATE TABLE event (n INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT;
";

/// What raises a file by one version, the first from version 1: none yet.
const MIGRATIONS: &[&str] = &[];

/// A store in a file.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("ctem-doc-{}.db", std::process::id()));
/// use ctem_core::{Program, intel::effects::Effects, program::{ApplyOptions, Event, Kept, Sqlite, What}};
///
/// let mut kept = Kept::open(Sqlite::open(&path)?, Program::default(), Effects::default())?;
/// kept.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
/// drop(kept);
/// let again = Kept::open(Sqlite::open(&path)?, Program::default(), Effects::default())?;
/// assert_eq!(again.program().events().count(), 1);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
}

impl Sqlite {
    /// The store in a file, which is made where there is none. A file of an older version is copied to `PATH.vN` and raised.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("ctem-open-{}.db", std::process::id()));
    /// use ctem_core::program::{Sqlite, Store};
    ///
    /// assert!(Sqlite::open(&path)?.load()?.is_none());
    /// # std::fs::remove_file(&path).ok();
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `unknown_format` for a file of something else, `unsupported_version` for one of a newer version, `io` where it cannot be opened,
    /// read or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path.as_ref(), MIGRATIONS)
    }

    fn open_with(path: &Path, migrations: &[&str]) -> Result<Self> {
        let version = 1 + i32::try_from(migrations.len()).unwrap_or(i32::MAX);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(|error| broken(path, error))?;
        let failed = |error| broken(path, error);
        connection.busy_timeout(Duration::from_secs(10)).map_err(failed)?;
        // Nothing is written before it is known whose file it is.
        match kind(&connection, path)? {
            Kind::New => {}
            Kind::Foreign => {
                let message = format!(
                    "{} is a file of another program: name one that is a store, or none that exists",
                    shown(path)
                );
                return Err(Error::new(ErrorKind::UnknownFormat, message));
            }
            Kind::Ours(found) if found > version => {
                let message = format!(
                    "{} is a store of version {found}, and version {version} is read: use the version of the engine that wrote it",
                    shown(path)
                );
                return Err(Error::new(ErrorKind::UnsupportedVersion, message));
            }
            Kind::Ours(_) => {}
        }
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        raise(&mut connection, path, version, migrations)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        move |error| broken(&path, error)
    }

    /// Does a write within one transaction, on the revision that was named.
    fn written(
        &mut self,
        revision: u64,
        write: impl FnOnce(&Transaction<'_>, u64) -> rusqlite::Result<()>,
    ) -> Result<u64> {
        let failed = self.failed();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        let found = stored_revision(&transaction).map_err(&failed)?;
        if found != revision {
            return Err(moved_on(revision, found));
        }
        write(&transaction, revision + 1).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
        Ok(revision + 1)
    }
}

impl Store for Sqlite {
    fn load(&self) -> Result<Option<Stored>> {
        let failed = self.failed();
        // One transaction, so that checkpoint and events are of one revision.
        let transaction = self.connection.unchecked_transaction().map_err(&failed)?;
        let head = transaction
            .query_row("SELECT revision, checkpoint FROM program", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get(1)?))
            })
            .optional()
            .map_err(&failed)?;
        let Some((revision, checkpoint)) = head else { return Ok(None) };
        let mut events = Vec::new();
        let mut query = transaction.prepare("SELECT document FROM event ORDER BY n").map_err(&failed)?;
        for event in query.query_map([], |row| row.get(0)).map_err(&failed)? {
            events.push(event.map_err(&failed)?);
        }
        Ok(Some(Stored { revision: u64::try_from(revision).unwrap_or(0), checkpoint, events }))
    }

    fn append(&mut self, revision: u64, event: &str) -> Result<u64> {
        self.written(revision, |transaction, next| {
            transaction.execute(
                "INSERT INTO program VALUES (1, ?1, '') ON CONFLICT DO UPDATE SET revision = ?1",
                [whole(next)],
            )?;
            transaction.execute("INSERT INTO event (document) VALUES (?1)", [event]).map(drop)
        })
    }

    fn replace(&mut self, revision: u64, checkpoint: &str, events: &[String]) -> Result<u64> {
        self.written(revision, |transaction, next| {
            transaction.execute("DELETE FROM event", [])?;
            transaction.execute(
                "INSERT INTO program VALUES (1, ?1, ?2) ON CONFLICT DO UPDATE SET revision = ?1, checkpoint = ?2",
                (whole(next), checkpoint),
            )?;
            for event in events {
                transaction.execute("INSERT INTO event (document) VALUES (?1)", [event])?;
            }
            Ok(())
        })
    }

    fn scrub(&mut self) -> Result<()> {
        let failed = self.failed();
        // The file is written anew, and the log of writes, which has the old pages, is emptied.
        self.connection.execute_batch("VACUUM").map_err(&failed)?;
        let busy: i64 = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(&failed)?;
        if busy == 0 {
            return Ok(());
        }
        let message = format!(
            "{} is being read elsewhere, so that its log of writes still has what was replaced: close the other readers and do it again",
            shown(&self.path)
        );
        Err(Error::new(ErrorKind::Io, message))
    }
}

/// SQLite counts in signed numbers.
fn whole(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

fn stored_revision(connection: &Connection) -> rusqlite::Result<u64> {
    let found: Option<i64> =
        connection.query_row("SELECT revision FROM program", [], |row| row.get(0)).optional()?;
    Ok(found.and_then(|found| u64::try_from(found).ok()).unwrap_or(0))
}

/// Whose file it is.
enum Kind {
    New,
    Ours(i32),
    Foreign,
}

fn kind(connection: &Connection, path: &Path) -> Result<Kind> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let failed = |error| broken(path, error);
    let application = number("application_id").map_err(failed)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    Ok(match (application, tables) {
        (APPLICATION, _) => Kind::Ours(number("user_version").map_err(failed)?),
        (0, 0) => Kind::New,
        _ => Kind::Foreign,
    })
}

/// Brings a file to the version that is written, all at once, with a copy of what it was.
fn raise(connection: &mut Connection, path: &Path, version: i32, migrations: &[&str]) -> Result<()> {
    let failed = |error| broken(path, error);
    if let Kind::Ours(found) = kind(connection, path)?
        && found < version
    {
        let copy = copy_of(path, found);
        // SQLite refuses a copy over a file that is not empty: an earlier attempt made it, of the same file.
        if !copy.exists() {
            connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(failed)?;
        }
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have been first.
    let steps: Vec<&str> = match kind(&transaction, path)? {
        Kind::New => [SCHEMA].into_iter().chain(migrations.iter().copied()).collect(),
        Kind::Ours(found) => {
            migrations.iter().skip(usize::try_from(found - 1).unwrap_or(0)).copied().collect()
        }
        Kind::Foreign => Vec::new(),
    };
    if !steps.is_empty() {
        for step in steps {
            transaction.execute_batch(step).map_err(failed)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
        transaction.pragma_update(None, "user_version", version).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

fn copy_of(path: &Path, version: i32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}"));
    name.into()
}

fn shown(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

fn broken(path: &Path, error: rusqlite::Error) -> Error {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
        let message = format!("{} is no store: name one, or none that exists", shown(path));
        return Error::new(ErrorKind::UnknownFormat, message).because(error);
    }
    let message = format!("{} cannot be read or written: {error}", shown(path));
    Error::new(ErrorKind::Io, message).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ctem-{}-{name}.db", std::process::id()));
        for end in ["", "-wal", "-shm", ".v1"] {
            let mut file = path.clone().into_os_string();
            file.push(end);
            let _ = std::fs::remove_file(file);
        }
        path
    }

    #[test]
    fn an_older_file_is_raised_and_a_copy_of_it_kept() {
        let path = path("older");
        let mut old = Sqlite::open_with(&path, &[]).unwrap();
        old.replace(0, "checkpoint", &["event".into()]).unwrap();
        drop(old);
        let newer = &["ALTER TABLE event ADD COLUMN told TEXT"];
        let new = Sqlite::open_with(&path, newer).unwrap();
        let kept = Stored { revision: 1, checkpoint: "checkpoint".into(), events: vec!["event".into()] };
        assert_eq!(new.load().unwrap(), Some(kept.clone()));
        assert!(new.connection.prepare("SELECT told FROM event").is_ok());
        drop(new);
        // The copy is the store it was, and the raised one is not read by who does not know it.
        assert_eq!(Sqlite::open_with(&copy_of(&path, 1), &[]).unwrap().load().unwrap(), Some(kept));
        let error = Sqlite::open_with(&path, &[]).unwrap_err();
        assert_eq!(error.code(), "unsupported_version");
        assert!(error.message().contains("version 2, and version 1 is read"), "{error}");
    }

    #[test]
    fn a_database_of_another_program_is_refused_and_not_touched() {
        let path = path("foreign");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Sqlite::open(&path).unwrap_err();
        assert_eq!(error.code(), "unknown_format");
        assert!(error.message().contains("of another program"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let path = path("failing");
        Sqlite::open_with(&path, &[]).unwrap().replace(0, "checkpoint", &[]).unwrap();
        let bad = &["ALTER TABLE event ADD COLUMN told TEXT; SELECT nonsense FROM nowhere"];
        assert_eq!(Sqlite::open_with(&path, bad).unwrap_err().code(), "io");
        let same = Sqlite::open_with(&path, &[]).unwrap();
        assert_eq!(same.load().unwrap().map(|stored| stored.checkpoint).as_deref(), Some("checkpoint"));
        assert!(same.connection.prepare("SELECT told FROM event").is_err());
    }
}
