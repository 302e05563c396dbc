//! What the engine is told: sizes, limits and seeds. Every bound on its memory is here.

use tocsin_event::Duration;

/// Settings of an engine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Size of the tumbling windows that models score.
    pub window: Duration,
    /// How far behind the newest event an event may come and still count in its window.
    pub lateness: Duration,
    /// False model alerts a day.
    pub budget_per_day: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Keys for which rules keep state; beyond it the least recently used one is evicted.
    pub rule_keys_max: usize,
    /// Windows open at a time, for each span of event time that is open; beyond it the least
    /// recently used ones end unjudged.
    pub windows_max: usize,
    /// Entities, and pairs of account and source, remembered to tell new ones.
    pub known_max: usize,
    /// Pairs of a machine within and one outside that it calls, remembered to tell regular calls.
    pub calls_max: usize,
    /// Findings kept; further ones are counted, not kept.
    pub findings_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            window: Duration::from_secs(300),
            lateness: Duration::from_secs(60),
            budget_per_day: 5.0,
            seed: 0,
            rule_keys_max: 4_000_000,
            windows_max: 250_000,
            known_max: 1_000_000,
            calls_max: 50_000,
            findings_max: 100_000,
        }
    }
}
