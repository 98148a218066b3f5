//! Work and memory, counted: the same on every machine.
//!
//! Work is the bytes that are allocated, compared and moved. Whoever goes through all that was said before, for each thing that is said, copies
//! some of it, compares texts or moves what lies behind. Memory is the most bytes that are held at once.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

struct Counting;

#[derive(Clone, Copy)]
struct Counts {
    work: u64,
    held: i64,
    most: i64,
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { work: 0, held: 0, most: 0 }) };
}

fn count(work: usize, gained: usize, lost: usize) {
    let _ = COUNTS.try_with(|counts| {
        let mut now = counts.get();
        now.work += work as u64;
        now.held += gained as i64 - lost as i64;
        now.most = now.most.max(now.held);
        counts.set(now);
    });
}

// SAFETY: all calls are handed to the system's allocator as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Where the linker lets us, comparisons and moves of bytes are counted as well.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod bytes {
    use super::count;
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn __memmove_chk(to: *mut c_void, from: *const c_void, n: usize, room: usize) -> *mut c_void;
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, n: usize) -> c_int {
        let mut at = 0;
        while at < n {
            // SAFETY: whoever calls this has `n` bytes at both.
            let (a, b) = unsafe { (*one.add(at), *other.add(at)) };
            at += 1;
            if a != b {
                count(at, 0, 0);
                return c_int::from(a) - c_int::from(b);
            }
        }
        count(n, 0, 0);
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, n: usize) -> c_int {
        // SAFETY: it asks less, and promises the same.
        unsafe { memcmp(one, other, n) }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, n: usize) -> *mut c_void {
        count(n, 0, 0);
        // A compiler that sees that there is no bound makes this a call of `memmove`, which is this function, for ever.
        let room = std::hint::black_box(usize::MAX);
        // SAFETY: it is the library's own, with no bound besides.
        unsafe { __memmove_chk(to, from, n, room) }
    }
}

/// The work of a call, and the most it holds at once.
pub fn work<T>(call: impl FnOnce() -> T) -> (u64, u64, T) {
    let before = COUNTS.get();
    COUNTS.set(Counts { most: before.held, ..before });
    let done = call();
    let after = COUNTS.get();
    (after.work - before.work, (after.most - before.held) as u64, done)
}

#[test]
fn what_is_compared_and_moved_is_work() {
    let (one, mut other) = (vec![7_u8; 1000], vec![7_u8; 1000]);
    let (work, most, _) = work(|| {
        assert!(std::hint::black_box(&one) == std::hint::black_box(&other));
        other.insert(0, 7);
    });
    let least = if cfg!(all(target_os = "linux", target_env = "gnu")) { 3900 } else { 1900 };
    assert!(work >= least && most >= 1000, "{work} and {most}");
}
