//! Against the registry that npm is configured for. Run by hand:
//! `cargo test -p qv-packages --release --test it -- --ignored --nocapture`

#![expect(clippy::print_stdout, reason = "figures for whoever runs it by hand")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::{Clock, request};
use qv_packages::{Bundle, Config, Packages, RegistryConfig};

/// CPU time of this process so far; Linux only, zero elsewhere.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // User and system time are the 14th and 15th field, in hundredths of a second.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks =
        after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// A stopwatch for wall and CPU time.
struct Watch(Instant, Duration);

impl Watch {
    fn start() -> Self {
        Self(Instant::now(), cpu())
    }

    fn tell(&self, what: &str) {
        println!("{what}: {:?} wall, {:?} CPU", self.0.elapsed(), cpu() - self.1);
    }
}

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
    let watch = Watch::start();
    let lock = packages.resolve(&wanted.dependencies).await.unwrap();
    watch.tell(&format!("cold resolve, {} packages", lock.packages.len()));
    let watch = Watch::start();
    let bundle = packages.bundle(wanted.clone()).await.unwrap();
    watch.tell("cold bundle, downloads included");
    let mut other = wanted.clone();
    other
        .specifiers
        .insert("lucide-react".to_owned(), qv_packages::UsedExports::names(["Home", "Star"]));
    let watch = Watch::start();
    let second = packages.bundle(other).await.unwrap();
    watch.tell("another icon, packages there");
    let watch = Watch::start();
    packages.bundle(wanted).await.unwrap();
    watch.tell("same again");
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

/// What models like to add, with the import that they write.
const POPULAR: &[&str] = &[
    "@dnd-kit/core",
    "@emotion/styled",
    "@headlessui/react",
    "@mui/material",
    "@radix-ui/react-dialog",
    "@react-three/drei",
    "@react-three/fiber",
    "@reduxjs/toolkit",
    "@supabase/supabase-js",
    "@tanstack/react-query",
    "antd",
    "axios",
    "chart.js",
    "class-variance-authority",
    "clsx",
    "cmdk",
    "d3",
    "dayjs",
    "echarts",
    "embla-carousel-react",
    "firebase/app",
    "framer-motion",
    "fuse.js",
    "gsap",
    "highlight.js",
    "howler",
    "i18next",
    "immer",
    "jspdf",
    "katex",
    "leaflet",
    "leaflet/dist/leaflet.css",
    "lodash",
    "lottie-web",
    "marked",
    "matter-js",
    "moment",
    "nanoid",
    "p5",
    "phaser",
    "pixi.js",
    "react-chartjs-2",
    "react-hook-form",
    "react-hot-toast",
    "react-i18next",
    "react-icons/fa",
    "react-leaflet",
    "react-markdown",
    "react-redux",
    "react-router-dom",
    "react-toastify",
    "react-toastify/dist/ReactToastify.css",
    "rxjs",
    "socket.io-client",
    "sonner",
    "styled-components",
    "swiper/react",
    "swiper/css",
    "tailwind-merge",
    "three",
    "three/examples/jsm/controls/OrbitControls.js",
    "tone",
    "uuid",
    "xlsx",
    "yup",
    "zod",
    "zustand",
    "zustand/middleware",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the network and some minutes"]
async fn what_models_like_to_add_bundles() {
    let cache = tempfile::TempDir::new().unwrap();
    let registry = RegistryConfig::from_system(None).unwrap();
    let config = Config { registry, embedded: false, ..Config::new(cache.path()) };
    let packages = Packages::open(config, Arc::new(Clock::default())).unwrap();
    let mut failed = Vec::new();
    for specifier in POPULAR {
        let parts = if specifier.starts_with('@') { 2 } else { 1 };
        let name = specifier.split('/').take(parts).collect::<Vec<_>>().join("/");
        let dependencies = [("react", "^19"), ("react-dom", "^19"), (name.as_str(), "*")];
        let start = Instant::now();
        match packages.bundle(request(&dependencies, &[(specifier, &[])])).await {
            Ok(bundle) if bundle.problems.is_empty() => {
                let size = size(&packages, &bundle, specifier).await;
                let module = &bundle.modules[*specifier];
                println!(
                    "{specifier}: {size} B br, {:?}, interop {}, css {}",
                    start.elapsed(),
                    module.interop,
                    module.css.len()
                );
                for warning in &bundle.warnings {
                    println!("    {}", warning.message);
                }
            }
            Ok(bundle) => failed.push(format!("{specifier}: {:?}", bundle.problems)),
            Err(error) => failed.push(format!("{specifier}: {error}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
