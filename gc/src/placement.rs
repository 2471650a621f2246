//! Threads that start on another processor than the one that makes them.
//!
//! A scheduler may put a new thread on its maker's processor, to run when it is its turn or when the load is balanced next:
//! that took 0.2 to 5 ms (median 2.5) on an idle machine of two processors, most of a short program's time without compiled code.
//! A thread that may not run where its maker runs is put elsewhere at once; from then on the scheduler may move it as it likes.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Starts a thread, on another processor than the caller's if there is one that it may use.
///
/// # Errors
/// Those of [`Builder::spawn`].
pub fn spawn_elsewhere(
    builder: Builder,
    run: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    processors::spawn(builder, run)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod processors {
    use super::{Builder, JoinHandle, io};
    use std::mem::MaybeUninit;
    use std::os::unix::thread::JoinHandleExt;
    use std::sync::mpsc::sync_channel;

    pub fn spawn(
        builder: Builder,
        run: impl FnOnce() + Send + 'static,
    ) -> io::Result<JoinHandle<()>> {
        let all = Set::allowed();
        let Some(others) = all.as_ref().and_then(Set::without_this) else {
            return builder.spawn(run);
        };
        let (placed, wait) = sync_channel(1);
        let thread = builder.spawn(move || {
            // Where it may run is not widened before it was narrowed.
            if wait.recv().is_ok()
                && let Some(all) = all
            {
                all.allow();
            }
            run();
        })?;
        others.place(&thread);
        // It waits for this, so it listens.
        let _ = placed.send(());
        Ok(thread)
    }

    const SIZE: usize = size_of::<libc::cpu_set_t>();

    /// Processors that a thread may run on.
    struct Set(libc::cpu_set_t);

    impl Set {
        /// Those of this thread; `None` if the system does not say.
        fn allowed() -> Option<Set> {
            let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed();
            // SAFETY: the system writes at most the given size to the variable, and zeros are a set.
            unsafe {
                let done = libc::sched_getaffinity(0, SIZE, set.as_mut_ptr()) == 0;
                done.then(|| Set(set.assume_init()))
            }
        }

        /// All but the one that this thread runs on now; `None` if that is all.
        fn without_this(&self) -> Option<Set> {
            // SAFETY: asks for a number.
            let this = usize::try_from(unsafe { libc::sched_getcpu() }).ok()?;
            if this >= SIZE * 8 {
                return None;
            }
            let mut others = self.0;
            // SAFETY: the set has a bit of that number; counting reads the set.
            let left = unsafe {
                libc::CPU_CLR(this, &mut others);
                libc::CPU_COUNT(&others)
            };
            (left > 0).then_some(Set(others))
        }

        /// Moves a thread to these. If the system refuses, it stays where it is.
        fn place(&self, thread: &JoinHandle<()>) {
            // SAFETY: the handle keeps the thread's identity valid, and the set is only read.
            unsafe { libc::pthread_setaffinity_np(thread.as_pthread_t(), SIZE, &self.0) };
        }

        /// Lets this thread run on all of these.
        fn allow(&self) {
            // SAFETY: the set is only read.
            unsafe { libc::sched_setaffinity(0, SIZE, &self.0) };
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_thread_may_run_wherever_its_maker_may() {
            let (answer, answered) = sync_channel(1);
            let builder = Builder::new().name("placed".into());
            let thread = spawn(builder, move || {
                answer.send(Set::allowed()).unwrap();
            })
            .unwrap();
            let (theirs, ours) = (answered.recv().unwrap().unwrap(), Set::allowed().unwrap());
            // SAFETY: both sets are only read.
            assert!(unsafe { libc::CPU_EQUAL(&theirs.0, &ours.0) });
            thread.join().unwrap();
        }

        #[test]
        fn nothing_is_left_of_one_processor() {
            let Some(others) = Set::allowed().unwrap().without_this() else {
                return;
            };
            // SAFETY: both sets are only read.
            let (all, left) = unsafe {
                let all = libc::CPU_COUNT(&Set::allowed().unwrap().0);
                (all, libc::CPU_COUNT(&others.0))
            };
            assert_eq!(left, all - 1);
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod processors {
    use super::{Builder, JoinHandle, io};

    pub fn spawn(
        builder: Builder,
        run: impl FnOnce() + Send + 'static,
    ) -> io::Result<JoinHandle<()>> {
        builder.spawn(run)
    }
}
