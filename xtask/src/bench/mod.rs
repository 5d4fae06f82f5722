//! Benchmarks: runs the programs, collects their rows, prints a table and writes `target/bench.json`.
//!
//! A benchmark program prints a JSON object a line ([`Row`]) and whatever else it likes. Programs are the bench targets of the
//! native crates and `tests/bench/*.mjs`, which find the product in `FLOWDECK_BIN` and `FLOWDECK_ASSETS`.

mod row;
mod table;

use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    build::{self, Profile, sizes::Sizes},
    docker::Daemon,
    process,
    progress::step,
    project::Project,
    setup::{self, Browser, Docker, Scope},
    stamp::write_atomically,
};
use row::Row;

/// The program that wants a Docker daemon.
const DOCKER: &str = "docker";

/// Runs all programs, or those whose name contains one of `filters`.
pub(crate) fn run(project: &Project, filters: &[String]) -> Result<()> {
    setup::run(project, Scope::Test)?;
    build::app(project, Profile::Release)?;
    let binary = build::server(project, Profile::Release)?;
    let mut rows = sizes(project)?;
    let mut failed = Vec::new();
    for (name, mut program) in programs(project, &binary)? {
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
            continue;
        }
        let daemon = (name == DOCKER).then(|| daemon(project)).transpose();
        let _daemon = match daemon {
            Ok(daemon) => daemon.inspect(|daemon| daemon.tell(&mut program)),
            Err(why) => {
                println!("not measured: {name}: {why:#}");
                continue;
            }
        };
        match measure(project, &name, &mut program) {
            Ok(measured) => rows.extend(measured),
            Err(error) => {
                eprintln!("{error:#}\n");
                failed.push(name);
            }
        }
    }
    print!("{}", table::of(&rows));
    let report = project.path("target/bench.json");
    write_atomically(&report, &serde_json::to_vec_pretty(&rows)?)?;
    println!("written to {}", report.display());
    if !failed.is_empty() {
        bail!("these benchmarks failed: {}", failed.join(", "));
    }
    Ok(())
}

/// A daemon that has the product's base image.
fn daemon(project: &Project) -> Result<Daemon> {
    if let Some(why) = Docker::unavailable() {
        bail!("{why}");
    }
    let daemon = step("a Docker daemon for benchmarks", |step| {
        Daemon::start(project, step, "bench-dockerd")
    })?;
    step("a base image for benchmarks", |step| {
        daemon.make_base_image(project, step)
    })?;
    Ok(daemon)
}

fn sizes(project: &Project) -> Result<Vec<Row>> {
    let sizes = Sizes::of(&project.dist())?;
    Ok(vec![
        Row::bytes("app: all flows, after brotli", sizes.page(&["flows"])?),
        Row::bytes("app: a flow, after brotli", sizes.page(&["flow"])?),
        Row::bytes("app: raw file mode beyond it", sizes.raw_mode()?),
    ])
}

fn programs(project: &Project, binary: &Path) -> Result<Vec<(String, Command)>> {
    let mut cargo = process::command("cargo");
    cargo
        .args([
            "bench",
            "--locked",
            "--workspace",
            "--exclude",
            "flowdeck-app",
            "--bench",
            "*",
        ])
        .current_dir(&project.root);
    let mut programs = vec![("crates".to_owned(), cargo)];
    for script in scripts(&project.path("tests/bench"))? {
        let mut node = process::command("node");
        node.arg(&script)
            .current_dir(&project.root)
            .env("FLOWDECK_BIN", binary)
            .env("FLOWDECK_ASSETS", project.dist())
            .env("FLOWDECK_CHROMIUM", Browser::program()?);
        let name = script
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        programs.push((name, node));
    }
    Ok(programs)
}

fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut scripts = Vec::new();
    for entry in entries {
        let path = entry
            .with_context(|| format!("cannot list {}", folder.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            scripts.push(path);
        }
    }
    scripts.sort_unstable();
    Ok(scripts)
}

fn measure(project: &Project, name: &str, program: &mut Command) -> Result<Vec<Row>> {
    step(&format!("measure: {name}"), |step| {
        let finished = process::run(project, step, &format!("bench-{name}"), program)?.success()?;
        let rows = row::read(&finished.output()?)?;
        step.note(format!("{} results", rows.len()));
        Ok(rows)
    })
}
