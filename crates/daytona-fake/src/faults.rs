use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How a call goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this status and this text, and does nothing.
    Status(u16, String),
    /// It is refused for being too often, with this `Retry-After`.
    RateLimited(String),
    /// It is carried out after this long.
    Slow(Duration),
    /// The connection breaks before it is carried out.
    Reset,
    /// It is carried out; then the connection breaks.
    ResetAfter,
    /// It is sent elsewhere.
    Redirect(String),
    /// It is not carried out and answered with success and this JSON.
    Answer(String),
}

#[derive(Debug)]
struct Planned {
    route: String,
    /// Calls that go well before.
    before: u32,
    times: u32,
    fault: Fault,
}

/// What is to go wrong, and what was called.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Mutex<Vec<Planned>>,
    calls: Mutex<Vec<String>>,
}

impl Faults {
    pub(crate) fn plan(&self, route: &str, nth: u32, times: u32, fault: Fault) {
        let planned =
            Planned { route: route.to_owned(), before: nth.saturating_sub(1), times, fault };
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).push(planned);
    }

    pub(crate) fn forget(&self) {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes a call, and says how it goes wrong.
    pub(crate) fn called(&self, route: &str) -> Option<Fault> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(route.to_owned());
        let mut all = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let planned = all.iter_mut().find(|planned| planned.route == route && planned.times > 0)?;
        if planned.before > 0 {
            planned.before -= 1;
            return None;
        }
        planned.times -= 1;
        Some(planned.fault.clone())
    }
}
