//! Against the registry that npm is configured for. Run by hand:
//! `cargo test -p qv-packages --release --test it -- --ignored --nocapture`

use std::sync::Arc;
use std::time::Instant;

use crate::support::{Clock, request};
use qv_packages::{Bundle, Config, Packages, RegistryConfig};

async fn size(packages: &Packages, bundle: &Bundle, specifier: &str) -> usize {
    let module = &bundle.modules[specifier];
    let mut size = 0;
    for file in std::iter::once(&module.file).chain(&module.preload) {
        size += packages.asset(&bundle.key, file, true).await.unwrap().bytes.len();
    }
    size
}

async fn total(packages: &Packages, bundle: &Bundle) -> usize {
    let mut files: Vec<&String> =
        bundle.modules.values().flat_map(|m| std::iter::once(&m.file).chain(&m.preload)).collect();
    files.sort();
    files.dedup();
    let mut size = 0;
    for file in files {
        size += packages.asset(&bundle.key, file, true).await.unwrap().bytes.len();
    }
    size
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the network"]
async fn popular_packages_bundle() {
    let cache = tempfile::TempDir::new().unwrap();
    let registry = RegistryConfig::from_system(None).unwrap();
    let config = Config { registry, embedded: false, ..Config::new(cache.path()) };
    let packages = Packages::open(config, Arc::new(Clock::default())).unwrap();
    let icons = ["Home", "Plus", "Trash2", "Check", "TrendingUp", "LayoutDashboard"];
    let wanted = request(
        &[
            ("react", "^19"),
            ("react-dom", "^19"),
            ("lucide-react", "*"),
            ("date-fns", "^4"),
            ("canvas-confetti", "*"),
            ("recharts", "*"),
        ],
        &[
            ("react", &[]),
            ("react-dom/client", &[]),
            ("lucide-react", &icons),
            ("date-fns", &["format", "addDays"]),
            ("canvas-confetti", &[]),
            ("recharts", &["Bar", "BarChart", "CartesianGrid", "Tooltip", "XAxis", "YAxis"]),
        ],
    );
    let start = Instant::now();
    let lock = packages.resolve(&wanted.dependencies).await.unwrap();
    println!("cold resolve: {:?}, {} packages", start.elapsed(), lock.packages.len());
    let start = Instant::now();
    let bundle = packages.bundle(wanted.clone()).await.unwrap();
    println!("cold bundle, downloads included: {:?}", start.elapsed());
    let mut other = wanted.clone();
    other
        .specifiers
        .insert("lucide-react".to_owned(), qv_packages::UsedExports::names(["Home", "Star"]));
    let start = Instant::now();
    let second = packages.bundle(other).await.unwrap();
    println!("another icon (warm store): {:?}", start.elapsed());
    let start = Instant::now();
    packages.bundle(wanted).await.unwrap();
    println!("same again: {:?}", start.elapsed());
    for (specifier, module) in &bundle.modules {
        println!(
            "{specifier}: {} B br, {} scripts, interop {}",
            size(&packages, &bundle, specifier).await,
            module.preload.len() + 1,
            module.interop
        );
    }
    println!("all: {} B br", total(&packages, &bundle).await);
    println!(
        "packages: {:?}\nproblems: {:?}\nwarnings: {:?}",
        bundle.packages, bundle.problems, bundle.warnings
    );
    assert_ne!(bundle.key, second.key);
    assert!(bundle.problems.is_empty());
}
