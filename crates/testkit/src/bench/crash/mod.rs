//! The server is killed again and again while it works; then everything that it ever said is compared with what is there.
//!
//! A scripted model, in this process and so alive all the time, streams long answers slowly into many projects at once.
//! In each project turns follow each other, a follower writes down every event that it ever saw, and a person saves
//! files by hand. After the last kill all turns may end, and [`check`] looks for what was lost, said twice or miscounted.

mod check;
mod hand;
mod lives;
mod log;
mod money;
mod player;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qv_store::testing::TestDb;
use qv_store::{Backend, Db};
use tokio_util::sync::CancellationToken;

use super::http::Owner;
use super::meant::{MeantModel, Pace};
use super::program::{Program, Setup};
use super::random::Random;
use super::{Fault, Result, say};
use lives::Lives;
pub use report::Report;

/// How long all turns have to end after the last kill.
const END: Duration = Duration::from_secs(240);
/// The longest recovery that passes.
pub const RECOVERY: Duration = Duration::from_secs(5);

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's binary.
    pub binary: PathBuf,
    /// How often it is killed.
    pub kills: u32,
    /// Projects with a turn running.
    pub streams: u32,
    /// Which database.
    pub backend: Backend,
    /// Decides the moments and the model's manners.
    pub seed: u64,
    /// How the model speaks.
    pub pace: Pace,
}

/// What the players share.
struct World {
    owner: Owner,
    lives: Lives,
    /// No new turns and edits.
    finishing: CancellationToken,
    /// Turns that have not ended by now never will.
    over: CancellationToken,
}

/// Kills, and tells what came of it.
///
/// # Errors
/// When the run itself cannot be carried out; what is found is in the report.
pub async fn run(options: &Options) -> Result<Report> {
    let began = Instant::now();
    let model = MeantModel::start(options.pace, options.seed).await?;
    let postgres = match options.backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some(TestDb::new(Backend::Postgres).await),
    };
    let url = postgres.as_ref().map_or("sqlite", TestDb::url).to_owned();
    let mut env = model.environment();
    env.extend(all_at_once(options.streams));
    let setup = Setup { binary: options.binary.clone(), database_url: url.clone(), env };
    let mut server = Program::start(setup).await?;
    server.ready().await?;
    let owner = Owner::sign_in(server.address(), &server.setup_token).await?;
    let world = Arc::new(World {
        owner,
        lives: Lives::new(),
        finishing: CancellationToken::new(),
        over: CancellationToken::new(),
    });
    world.lives.ready();
    let (mut players, mut hands) = (Vec::new(), Vec::new());
    for number in 0..options.streams {
        let project = world.owner.make_project(&format!("Project {number}")).await?;
        players.push(tokio::spawn(player::play(Arc::clone(&world), number, project.clone())));
        let seed = options.seed ^ u64::from(number) << 16;
        hands.push(tokio::spawn(hand::edit(Arc::clone(&world), project, seed)));
    }
    let kills = kill(options, &world, &mut server).await;
    world.finishing.cancel();
    let kills = kills?;
    let ending = tokio::time::sleep(END);
    tokio::pin!(ending);
    let (mut played, mut edits) = (Vec::new(), Vec::new());
    for player in players {
        tokio::pin!(player);
        let ended = tokio::select! {
            ended = &mut player => ended,
            () = &mut ending, if !world.over.is_cancelled() => {
                world.over.cancel();
                player.await
            }
        };
        played.push(ended.map_err(|error| Fault::Server(error.to_string()))?);
    }
    for hand in hands {
        edits.push(hand.await.map_err(|error| Fault::Server(error.to_string()))?);
    }
    server.stop().await?;
    let db = match &postgres {
        Some(db) => db.open_again().await,
        None => Db::open(&url, &server.data()).await?,
    };
    let mut report = check::check(&db, &model, options, &played, &edits, &kills).await?;
    report.recovery(&world.lives);
    report.errors = server.errors();
    report.took = began.elapsed();
    Ok(report)
}

/// Lets every stream run at the same time.
pub(super) fn all_at_once(streams: u32) -> Vec<(String, String)> {
    // All of them belong to one user.
    ["QUICKVIBE_TURNS_AT_ONCE", "QUICKVIBE_TURNS_PER_USER"]
        .map(|name| (name.to_owned(), (streams + 4).to_string()))
        .to_vec()
}

/// The moments of the kills.
async fn kill(options: &Options, world: &World, server: &mut Program) -> Result<Vec<Instant>> {
    let mut random = Random::new(options.seed);
    let mut kills = Vec::new();
    // The first turns get going.
    tokio::time::sleep(Duration::from_millis(random.between(1_500, 3_000))).await;
    for number in 1..=options.kills {
        server.kill().await?;
        kills.push(Instant::now());
        world.lives.killed();
        server.start_again()?;
        world.lives.spawned();
        // One in eight dies before it is up.
        if random.next().is_multiple_of(8) && number < options.kills {
            tokio::time::sleep(Duration::from_millis(random.between(1, 150))).await;
            continue;
        }
        server.ready().await?;
        world.lives.ready();
        if number.is_multiple_of(20) {
            say(&format!("  {number} kills; {}", world.lives.so_far()));
        }
        tokio::time::sleep(Duration::from_millis(random.between(100, 3_000))).await;
    }
    server.ready().await?;
    world.lives.ready();
    Ok(kills)
}
