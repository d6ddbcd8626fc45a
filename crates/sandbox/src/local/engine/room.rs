use std::sync::{Arc, Mutex, PoisonError};

use crate::{QuotaScope, Result, SandboxError};

/// How much may run at once on this host.
#[derive(Debug)]
pub(in crate::local) struct Rooms {
    most_running: usize,
    most_memory: u64,
    taken: Mutex<(usize, u64)>,
}

/// Room for one sandbox, given back when it is dropped.
#[derive(Debug)]
pub(in crate::local) struct Room {
    rooms: Arc<Rooms>,
    memory: u64,
}

impl Rooms {
    pub(super) fn new(most_running: usize, most_memory: u64) -> Arc<Self> {
        Arc::new(Self { most_running, most_memory, taken: Mutex::new((0, 0)) })
    }

    /// Takes room for a sandbox with this much memory.
    pub(super) fn take(self: &Arc<Self>, memory: u64) -> Result<Room> {
        let full = |scope, message: String| Err(SandboxError::Quota { scope, message });
        if memory > self.most_memory {
            let message = format!(
                "a sandbox of {} MB is more than this host gives to all together",
                memory >> 20
            );
            return Err(SandboxError::InvalidSpec { message });
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (running, promised) = *taken;
        if running >= self.most_running {
            let message = format!("this host runs {running} sandboxes already, and no more");
            return full(QuotaScope::Sandboxes, message);
        }
        if promised.saturating_add(memory) > self.most_memory {
            let message = format!(
                "this host has promised {} of {} MB to sandboxes already",
                promised >> 20,
                self.most_memory >> 20
            );
            return full(QuotaScope::Memory, message);
        }
        *taken = (running + 1, promised + memory);
        Ok(Room { rooms: Arc::clone(self), memory })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.rooms.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0 -= 1;
        taken.1 -= self.memory;
    }
}
