//! Work off the event loop, on threads of its own: Node's pool has four for everything, and whoever waits for an answer would wait for
//! files and names of hosts as well. What runs here ends with the process, which waits for nobody.

use napi::{Env, JsValue, Result, Task, bindgen_prelude::PromiseRaw};
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

/// What is made of a task's outcome on the thread of JavaScript.
type Resolver<T> = Box<dyn FnOnce(Env) -> Result<<T as Task>::JsValue>>;

/// Begins a task, as many at once as there are processors. Its promise comes back.
pub(crate) fn begun<'env, T>(env: &'env Env, mut task: T) -> Result<PromiseRaw<'env, T::JsValue>>
where
    T: Task + Send + 'static,
    T::Output: Send,
{
    let (deferred, promise) = env.create_deferred::<T::JsValue, Resolver<T>>()?;
    enqueued(Box::new(move || match task.compute() {
        Ok(output) => deferred.resolve(Box::new(move |env| task.resolve(env, output))),
        Err(error) => deferred.reject(error),
    }));
    Ok(PromiseRaw::new(env.raw(), promise.raw()))
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
