//! What every engine does.

use std::fs::File;
use std::sync::atomic::{AtomicU32, Ordering};

use qv_daytona_fake::Settings;
use qv_sandbox::SandboxEngine;

use crate::contract::{Case, Fixture};
use crate::support::Place;

struct Daytona {
    place: Place,
    next: AtomicU32,
}

impl Fixture for Daytona {
    fn engine(&self) -> &dyn SandboxEngine {
        &self.place.engine
    }

    fn next(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// The stand-in's sandboxes share this machine's ports: what serves does so alone.
fn alone() -> File {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("daytona-ports.lock");
    let lock = File::create(path).unwrap();
    lock.lock().unwrap();
    lock
}

fn by_daytona(name: &str, case: Case) {
    let serves = name.contains("service") || name.contains("nothing_listens");
    let _alone = serves.then(alone);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let place = Place::with(Settings::default()).await;
        case(&Daytona { place, next: AtomicU32::new(1) }).await;
    });
}

contract!(by_daytona);
