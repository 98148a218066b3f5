//! Work off the event loop, on threads of its own: Node's pool has four for everything, and whoever waits for an answer would wait for
//! files and names of hosts as well. What runs here ends with the process, which waits for nobody.

use crate::{
    answer::{OnProgress, Told},
    error::raise,
};
use ctem_core::attack::OnProgress as CoreProgress;
use napi::{
    Env, JsValue, Result,
    bindgen_prelude::{PromiseRaw, ToNapiValue},
};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    thread,
};

/// What waits for a thread, and how many threads there are.
static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), threads: 0 });

struct Queue {
    waiting: VecDeque<Box<dyn FnOnce() + Send>>,
    threads: usize,
}

/// What is made of what work gave, on the thread of JavaScript.
type Resolver<V> = Box<dyn FnOnce(Env) -> Result<V>>;

/// Does a call of the core off the event loop, as many at once as there are processors, and tells whoever waits how far it is. Its promise
/// comes back; `shown` makes of what the call gives what JavaScript sees.
pub(crate) fn later<'env, T, V>(
    env: &'env Env,
    progress: Option<OnProgress>,
    work: impl FnOnce(CoreProgress<'_>) -> ctem_core::Result<T> + Send + 'static,
    shown: impl FnOnce(T) -> V + Send + 'static,
) -> Result<PromiseRaw<'env, V>>
where
    T: Send + 'static,
    V: ToNapiValue + 'static,
{
    let (deferred, promise) = env.create_deferred::<V, Resolver<V>>()?;
    let told = Told::new(progress);
    enqueued(Box::new(move || {
        let ask = |progress| told.go_on(progress);
        match work(CoreProgress::new(&ask)) {
            Ok(given) => deferred.resolve(Box::new(move |_| Ok(shown(given)))),
            Err(error) => deferred.reject(raise(error)),
        }
    }));
    Ok(PromiseRaw::new(env.raw(), promise.raw()))
}

/// The same of a call that gives text.
pub(crate) fn told_later<'env>(
    env: &'env Env,
    progress: Option<OnProgress>,
    work: impl FnOnce(CoreProgress<'_>) -> ctem_core::Result<String> + Send + 'static,
) -> Result<PromiseRaw<'env, String>> {
    later(env, progress, work, |text| text)
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
