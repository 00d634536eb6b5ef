//! Panics, errors that `main` returns, and the usual loggers.
use anyhow::Context;

fn take(item: usize) -> u32 {
    let items = vec![1u32];
    items[item]
}

fn main() -> anyhow::Result<()> {
    let which = std::env::args().nth(1).unwrap_or_default();
    match which.as_str() {
        "panic" => {
            println!("started");
            let _ = std::thread::Builder::new().name("worker-1".into()).spawn(|| take(3)).unwrap().join();
            println!("ready");
            let failed: Result<u32, String> = Err("two\nlines".into());
            failed.unwrap();
        }
        "anyhow" => {
            std::fs::read_to_string("/absent").context("reading the stock").context("order failed")?;
        }
        "env_logger" => {
            env_logger::Builder::new().filter_level(log::LevelFilter::Info).init();
            log::info!("started");
            log::error!("order failed");
            log::warn!("slow");
        }
        "tracing" | "tracing-colour" => {
            tracing_subscriber::fmt().with_ansi(which == "tracing-colour").init();
            tracing::info!("started");
            tracing::error!(item = 3, "order failed");
            tracing::warn!("slow");
        }
        "tracing-pretty" => {
            tracing_subscriber::fmt().pretty().with_ansi(false).init();
            tracing::info!("started");
            tracing::error!(item = 3, "order failed");
        }
        _ => {
            tracing_subscriber::fmt().json().init();
            tracing::info!("started");
            tracing::error!(item = 3, "order failed");
            tracing::error!("no stock");
        }
    }
    Ok(())
}
