//! Where a call is done: at once, or, for whoever hands in whom to tell of it, off the event loop. So every call is written once.
//!
//! What is done off it runs on threads of its own: Node's pool has four for everything, and whoever waits for an answer would wait for
//! files and names of hosts as well. What runs there ends with the process, which waits for nobody.

use crate::{
    answer::{OnProgress, Told},
    error::raise,
};
use ctem_core::attack::OnProgress as CoreProgress;
use napi::{
    Either, Env, JsValue, Result,
    bindgen_prelude::{PromiseRaw, ToNapiValue, Uint8Array},
};
use std::{
    collections::VecDeque,
    ops::Deref,
    sync::{Mutex, PoisonError},
    thread,
};

/// What a call gives: what it comes to, or the promise of it.
pub(crate) type Given<'env, V> = Either<V, PromiseRaw<'env, V>>;

/// What waits for a thread, and how many threads there are.
static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), threads: 0 });

struct Queue {
    waiting: VecDeque<Box<dyn FnOnce() + Send>>,
    threads: usize,
}

/// What is made of what work gave, on the thread of JavaScript.
type Resolver<V> = Box<dyn FnOnce(Env) -> Result<V>>;

/// Does a call of the core; `shown` makes of what it gives what JavaScript sees. With an `off` it is done off the event loop, as many at once
/// as there are processors; `off` is told how far it is, and may end it.
pub(crate) fn done<'env, T, V>(
    env: &'env Env,
    off: Option<OnProgress>,
    work: impl FnOnce(CoreProgress<'_>) -> ctem_core::Result<T> + Send + 'static,
    shown: impl FnOnce(T) -> V + Send + 'static,
) -> Result<Given<'env, V>>
where
    T: Send + 'static,
    V: ToNapiValue + 'static,
{
    let Some(progress) = off else {
        return work(CoreProgress::default()).map(shown).map(Either::A).map_err(raise);
    };
    let (deferred, promise) = env.create_deferred::<V, Resolver<V>>()?;
    let told = Told::new(progress);
    enqueued(Box::new(move || {
        let ask = |progress| told.go_on(progress);
        match work(CoreProgress::new(&ask)) {
            Ok(given) => deferred.resolve(Box::new(move |_| Ok(shown(given)))),
            Err(error) => deferred.reject(raise(error)),
        }
    }));
    Ok(Either::B(PromiseRaw::new(env.raw(), promise.raw())))
}

/// The same of a call that gives text.
pub(crate) fn text<'env>(
    env: &'env Env,
    off: Option<OnProgress>,
    work: impl FnOnce(CoreProgress<'_>) -> ctem_core::Result<String> + Send + 'static,
) -> Result<Given<'env, String>> {
    done(env, off, work, |text| text)
}

/// Numbers that were handed in: as they lie there for a call on the event loop, and a copy for one off it, since the caller may write to them
/// meanwhile.
pub(crate) enum Memory<A, T> {
    Lent(A),
    Kept(Vec<T>),
}

/// Bytes that were handed in.
pub(crate) type Bytes = Memory<Uint8Array, u8>;

impl<A: Deref<Target = [T]>, T: Clone> Memory<A, T> {
    pub(crate) fn of(data: A, off: Option<&OnProgress>) -> Self {
        match off {
            None => Self::Lent(data),
            Some(_) => Self::Kept(data.to_vec()),
        }
    }

    /// The same where there may be none.
    pub(crate) fn given(data: Option<A>, off: Option<&OnProgress>) -> Option<Self> {
        data.map(|data| Self::of(data, off))
    }
}

impl<A: Deref<Target = [T]>, T> Deref for Memory<A, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Lent(data) => data,
            Self::Kept(data) => data,
        }
    }
}

fn enqueued(work: Box<dyn FnOnce() + Send>) {
    let most = thread::available_parallelism().map_or(1, usize::from);
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.waiting.push_back(work);
    if queue.threads < most {
        queue.threads += 1;
        drop(queue);
        // Where no thread is to be had, the work is done by those there are, or else here.
        if thread::Builder::new().name("ctem".into()).spawn(work_on).is_err() {
            work_on();
        }
    }
}

/// Does what waits until nothing does.
fn work_on() {
    loop {
        let next = {
            let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
            let next = queue.waiting.pop_front();
            if next.is_none() {
                queue.threads -= 1;
            }
            next
        };
        match next {
            Some(work) => work(),
            None => return,
        }
    }
}
