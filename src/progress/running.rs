use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

/// The stages at work, with when they began and how far they are. `T` is what a sink keeps of each.
pub(super) struct Running<T> {
    /// A handful at most, so that a list is searched faster than a map. Written only when a stage begins or ends.
    stages: RwLock<Vec<Stage<T>>>,
}

/// One stage at work.
pub(super) struct Stage<T> {
    pub name: &'static str,
    pub began: Instant,
    pub total: Option<u64>,
    pub unit: &'static str,
    pub done: AtomicU64,
    pub shown: T,
}

impl<T> Running<T> {
    pub fn new() -> Self {
        Self { stages: RwLock::new(Vec::new()) }
    }

    /// Adds a stage; one of the same name that never ended is dropped.
    pub fn begin(&self, name: &'static str, total: Option<u64>, unit: &'static str, shown: T) {
        let mut stages = self.stages.write().unwrap_or_else(PoisonError::into_inner);
        stages.retain(|stage| stage.name != name);
        stages.push(Stage { name, began: Instant::now(), total, unit, done: AtomicU64::new(0), shown });
    }

    /// Counts work done and lets `look` see the stage with its new count. Unknown stages are passed over.
    pub fn advance(&self, name: &str, by: u64, look: impl FnOnce(&Stage<T>, u64)) {
        let stages = self.stages.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = stages.iter().find(|stage| stage.name == name) {
            let done = stage.done.fetch_add(by, Ordering::Relaxed) + by;
            look(stage, done);
        }
    }

    /// Removes a stage and gives it back; `None` when it never began.
    pub fn end(&self, name: &str) -> Option<Stage<T>> {
        let mut stages = self.stages.write().unwrap_or_else(PoisonError::into_inner);
        let at = stages.iter().position(|stage| stage.name == name)?;
        Some(stages.remove(at))
    }
}

impl<T> Stage<T> {
    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_many_threads_is_counted_once_each() {
        let running = Running::new();
        running.begin("read", Some(400), "rows", ());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| running.advance("read", 1, |_, _| {})));
            }
        });
        running.advance("unknown", 7, |_, _| panic!("no such stage"));
        let stage = running.end("read").unwrap();
        assert_eq!(stage.done.into_inner(), 400);
        assert!(running.end("read").is_none());
    }
}
