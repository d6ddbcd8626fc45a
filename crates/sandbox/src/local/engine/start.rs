use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::interval;

use super::super::cgroup::Group;
use super::super::disk::{Disk, give_folder};
use super::super::link::transient;
use super::super::running::Running;
use super::super::wire::{Mode, Setup, Source};
use super::Inner;
use super::boxed::{Boxed, Core, blocking};
use super::room::Room;
use crate::{Egress, Result};

/// How often a disk of no limited size is measured.
const MEASURE: Duration = Duration::from_millis(500);
/// The least and the most that a temporary folder in memory has.
const TMP: (u64, u64) = (8 << 20, 256 << 20);

/// Starts a sandbox whose folder is there, in this room. After an error nothing runs.
pub(super) async fn start(inner: &Arc<Inner>, boxed: &Arc<Boxed>, room: Room) -> Result<()> {
    // The supervisor starts while its disk is made ready.
    let (running, disk) = tokio::join!(inner.supervisor(), boxed.disk(inner));
    if boxed.spec.id.to_string() != super::open::PROBE {
        inner.make_ahead(&boxed.spec.limits);
    }
    let running = running?;
    running.takes(room);
    let set_up = match disk {
        Ok(disk) => set_up(inner, boxed, &running, &disk).await.map(|()| disk),
        Err(error) => Err(error),
    };
    match set_up {
        Ok(disk) => {
            boxed.runs(Arc::clone(&running), Arc::clone(&disk));
            let bytes = boxed.spec.limits.disk_bytes;
            tokio::spawn(watch(Arc::clone(&boxed.core), running, disk, bytes));
            Ok(())
        }
        Err(error) => {
            running.stop().await;
            Err(error)
        }
    }
}

async fn set_up(
    inner: &Arc<Inner>,
    boxed: &Arc<Boxed>,
    running: &Running,
    disk: &Arc<Disk>,
) -> Result<()> {
    let (own, of, given) = (Arc::clone(inner), Arc::clone(boxed), Arc::clone(disk));
    let group = running.group().cloned();
    let (setup, fds) = blocking(move || prepare(&own, &of, &given, group.as_deref())).await?;
    let listener = running.set_up(setup, fds).await?;
    // Without an answer to calls they are refused: nobody listens.
    if let (Some(listener), Some(egress)) = (listener, inner.config.egress.clone()) {
        let listener = TcpListener::from(listener);
        let listening = listener
            .set_nonblocking(true)
            .and_then(|()| tokio::net::TcpListener::from_std(listener))
            .map_err(|error| transient("the listener for egress", error))?;
        let stop = running.gone().clone();
        tokio::spawn(async move { egress.serve(listening, stop).await });
    }
    Ok(())
}

fn prepare(
    inner: &Inner,
    boxed: &Boxed,
    disk: &Disk,
    group: Option<&Group>,
) -> Result<(Setup, Vec<OwnedFd>)> {
    let limits = &boxed.spec.limits;
    let mut fds = Vec::new();
    let mut give = |(source, mount): (Source, Option<OwnedFd>)| {
        fds.extend(mount);
        source
    };
    let base = give(give_folder(&inner.base, inner.mode, 0)?);
    let place = usize::from(inner.mode == Mode::Root);
    let disk_source = give(disk.give(&boxed.folder, inner.mode, place)?);
    let mut next = place + place;
    let template = match boxed.spec.packages.as_ref().filter(|_| boxed.is_layered()) {
        Some(key) => {
            let found = inner.templates.find(key);
            let path =
                found.ok_or_else(|| transient("its packages", "they are not there any more"))?;
            inner.templates.touch(key);
            disk.ready_for_packages(inner.owner())?;
            let given = give(give_folder(&path, inner.mode, next)?);
            next += place;
            Some(given)
        }
        None => None,
    };
    let cache = inner.config.folder.join("npm-cache");
    let cache = if cache.is_dir() {
        disk.ready_for_cache(inner.owner())?;
        Some(give(give_folder(&cache, inner.mode, next)?))
    } else {
        None
    };
    // Before the sandbox is told what to be: nothing of it runs without limits.
    if let Some(group) = group {
        inner.groups.limit(group, limits).map_err(|error| transient("the control group", error))?;
    }
    let share = |part: u64| (limits.memory_bytes / part).clamp(TMP.0, TMP.1);
    let setup = Setup {
        base,
        disk: disk_source,
        template,
        cache,
        egress: boxed.spec.egress == Egress::Registry,
        // Together less than half: what is written there is memory, and nothing can be killed to free it.
        tmp_bytes: share(4),
        shm_bytes: share(8),
        open_files: u64::from(limits.open_files),
        file_bytes: limits.disk_bytes,
        processes: group.is_none().then(|| u64::from(limits.processes)),
        watch_memory: group.is_none().then_some(limits.memory_bytes),
    };
    Ok((setup, fds))
}

/// Follows a sandbox to its end, and ends it when its disk is over the limit.
async fn watch(core: Arc<Core>, running: Arc<Running>, disk: Arc<Disk>, bytes: u64) {
    let mut fault = None;
    let mut ticks = interval(MEASURE);
    loop {
        tokio::select! {
            () = running.ended().cancelled() => break,
            _ = ticks.tick(), if disk.watched() && fault.is_none() => {}
        }
        let (measured, supervisor) = (Arc::clone(&disk), running.supervisor());
        if blocking(move || Ok(measured.over(bytes, supervisor))).await == Ok(true) {
            fault = Some("it has more files on disk than it may have".to_owned());
            running.link.close();
        }
    }
    let unasked = || "its first process ended".to_owned();
    core.ended(&running, fault.or_else(|| (!running.was_let_go()).then(unasked)));
}
