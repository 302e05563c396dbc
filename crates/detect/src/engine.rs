//! The engine: events in, findings out. A pure state machine: it has no clock, no threads and no
//! unseeded randomness; time is that of the events, moved by a watermark. Its state can be saved
//! and restored between any two events, and goes on as if nothing had happened.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tocsin_anomaly::DataError;
use tocsin_event::{Alert, Allowance, EventRef, Finding, Incident, Time};
use tocsin_sigma::RuleSet;

use crate::alerts;
use crate::allow::{self, Allowed};
use crate::attack::AttackCatalog;
use crate::calls::Calls;
use crate::config::Config;
use crate::emission::Emission;
use crate::findings::Findings;
use crate::incidents;
use crate::intel::Intel;
use crate::model::{Learning, ModelState};
use crate::places::Places;
use crate::rules::{RuleState, Rules};
use crate::windows::Windows;

/// What the engine knows before the first event.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Rules and correlations.
    pub rules: Arc<RuleSet>,
    /// Values known to be bad.
    pub intel: Intel,
    /// Where addresses are, if anybody knows.
    pub places: Option<Arc<dyn Places>>,
    /// What may be, though it is found.
    pub allowed: Vec<Allowed>,
    /// ATT&CK.
    pub attack: AttackCatalog,
}

/// Why an engine cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A setting makes no sense.
    #[error("the alert budget cannot be used")]
    Budget(#[from] DataError),
    /// The snapshot is not one, is damaged, or was written by another version.
    #[error("the snapshot cannot be restored: {0}; start without it")]
    Snapshot(String),
}

/// The version of the snapshot's layout.
const LAYOUT: u32 = 12;

/// Events in a row, in order among themselves, that are too late for any window: then it is not they
/// that are late but time that was ahead.
const SETBACK_EVENTS: u32 = 16;

/// Events in, findings out.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    rules: Rules,
    intel: Intel,
    allowed: Vec<Allowed>,
    attack: AttackCatalog,
    state: State,
    emissions: Vec<Emission>,
}

/// All that changes: what a snapshot holds.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    layout: u32,
    now: Time,
    close_at: Time,
    /// The late events in a row up to now, and the newest of them.
    late_run: (u32, Time),
    late: u64,
    setbacks: u64,
    events: u64,
    rules: RuleState,
    windows: Windows,
    calls: Calls,
    models: ModelState,
    findings: Findings,
}

/// What the engine has come to when the events end.
#[derive(Clone, Debug, Default)]
pub struct Conclusion {
    /// Every finding that is not allowed, in the order made.
    pub findings: Vec<Arc<Finding>>,
    /// Findings about one entity and one behaviour together.
    pub alerts: Vec<Arc<Alert>>,
    /// Alerts that belong to one attack, gravest first.
    pub incidents: Vec<Incident>,
    /// What each entry of the allowlist covered.
    pub allowed: Vec<Allowance>,
    /// How far each model has come.
    pub learning: Vec<Learning>,
    /// Events taken.
    pub events: u64,
    /// Entities that had a window or are accused.
    pub entities: u64,
    /// Keys for which rules keep state.
    pub keys: u64,
    /// Keys that had to make room.
    pub evicted: u64,
    /// Events that came later than [`Config::lateness`]: their windows may have closed, and what
    /// they tell in sequence with others may be missed.
    pub late: u64,
    /// How often time was set back, and counting began anew.
    pub setbacks: u64,
    /// Findings beyond the cap, not kept.
    pub shed: u64,
}

impl Engine {
    /// An engine that has seen nothing.
    ///
    /// # Errors
    /// [`EngineError::Budget`] when the budget is negative or not a number.
    pub fn new(config: Config, knowledge: Knowledge) -> Result<Self, EngineError> {
        let rules = Rules::new(knowledge.rules, knowledge.places);
        let state = State {
            layout: LAYOUT,
            now: Time::UNKNOWN,
            close_at: Time::UNKNOWN,
            late_run: (0, Time::UNKNOWN),
            late: 0,
            setbacks: 0,
            events: 0,
            rules: RuleState::new(config.rule_keys_max),
            windows: Windows::new(&config),
            calls: Calls::new(&config),
            models: ModelState::new(&config)?,
            findings: Findings::new(config.findings_max),
        };
        let Knowledge { intel, allowed, attack, .. } = knowledge;
        Ok(Engine { config, rules, intel, allowed, attack, state, emissions: Vec::new() })
    }

    /// An engine that goes on where [`snapshot`](Engine::snapshot) was taken. Where it knows something else
    /// than the other one, it goes on as after [`relearn`](Engine::relearn).
    ///
    /// # Errors
    /// [`EngineError::Snapshot`] for bytes that are no snapshot of this version.
    pub fn restore(
        config: Config,
        knowledge: Knowledge,
        snapshot: &[u8],
    ) -> Result<Self, EngineError> {
        let mut engine = Engine::new(config, knowledge)?;
        let state: State = postcard::from_bytes(snapshot)
            .map_err(|error| EngineError::Snapshot(error.to_string()))?;
        if state.layout != LAYOUT {
            return Err(EngineError::Snapshot(format!("its layout is {}", state.layout)));
        }
        engine.state = state;
        Ok(engine)
    }

    /// The whole state as bytes.
    ///
    /// # Errors
    /// [`EngineError::Snapshot`] when the state cannot be written down.
    pub fn snapshot(&self) -> Result<Vec<u8>, EngineError> {
        postcard::to_stdvec(&self.state).map_err(|error| EngineError::Snapshot(error.to_string()))
    }

    /// Goes on with other rules, indicators and exceptions, from the next event on. What is being counted
    /// goes on for the rules that are still there and count the same; models are not touched.
    pub fn relearn(&mut self, knowledge: Knowledge) {
        self.rules = Rules::new(knowledge.rules, knowledge.places);
        (self.intel, self.allowed) = (knowledge.intel, knowledge.allowed);
        self.attack = knowledge.attack;
    }

    /// Takes one event. Events come in the one order that the caller fixes.
    pub fn step(&mut self, event: EventRef<'_>) {
        let state = &mut self.state;
        state.events += 1;
        let time = event.time_or(if state.now.is_known() { state.now } else { Time(0) });
        if time > state.now {
            state.now = time;
            if time >= state.close_at {
                self.close(time);
            }
        }
        self.note_late(time);
        self.rules.step(event, time, &mut self.state.rules, &mut self.emissions);
        self.intel.step(&event, time, &mut self.emissions);
        self.state.calls.step(&event, time, &mut self.emissions);
        self.state.windows.step(&event, time, &self.config);
        if !self.emissions.is_empty() {
            self.state.findings.take(self.emissions.drain(..));
        }
    }

    /// Forgets what was found and what rules were counting, keeping what the models have learnt:
    /// after a baseline has been read.
    pub fn forget_findings(&mut self) {
        self.begin_anew();
        self.state.findings = Findings::new(self.config.findings_max);
        self.state.windows = Windows::new(&self.config);
        (self.state.events, self.state.late, self.state.setbacks) = (0, 0, 0);
    }

    /// How far each model has come that has seen anything.
    #[must_use]
    pub fn learning(&self) -> Vec<Learning> {
        self.state.models.learning()
    }

    /// Ends the events: closes every window and tells all that was still being counted.
    pub fn conclude(mut self) -> Conclusion {
        self.finish();
        let (attack, allowed, mut state) = (self.attack, self.allowed, self.state);
        let accused =
            state.findings.all().flat_map(|f| std::iter::once(&f.entity).chain(&f.entities));
        let entities = state.windows.entities(accused);
        let mut conclusion = Conclusion {
            learning: state.models.learning(),
            events: state.events,
            entities,
            keys: state.rules.len() as u64,
            evicted: state.rules.evicted() + state.windows.evicted + state.calls.evicted(),
            late: state.late,
            setbacks: state.setbacks,
            shed: state.findings.shed,
            ..Conclusion::default()
        };
        // What was kept to find with makes room for what is told.
        drop((state.rules, state.windows, state.models));
        (conclusion.findings, conclusion.allowed) =
            allow::part(&allowed, state.findings.into_all());
        conclusion.alerts = alerts::from_findings(&conclusion.findings);
        conclusion.incidents = incidents::from_alerts(&conclusion.alerts, &attack);
        conclusion
    }

    /// Sees whether time was set back: a clock was wrong, or logs of other days follow.
    fn note_late(&mut self, time: Time) {
        let Config { lateness, window, .. } = self.config;
        let state = &mut self.state;
        state.late += u64::from(time < state.now - lateness);
        let (run, newest) = state.late_run;
        state.late_run = match time {
            _ if time >= state.now - lateness - window => (0, Time::UNKNOWN),
            _ if time >= newest - lateness => (run + 1, newest.max(time)),
            _ => (1, time),
        };
        if state.late_run.0 == SETBACK_EVENTS {
            self.begin_anew();
            self.state.setbacks += 1;
            self.state.now = time;
        }
    }

    /// Ends what is being counted, and forgets how late it is.
    fn begin_anew(&mut self) {
        self.finish();
        let state = &mut self.state;
        state.rules.clear();
        state.windows.open_anew();
        state.calls.clear();
        (state.now, state.close_at) = (Time::UNKNOWN, Time::UNKNOWN);
        state.late_run = (0, Time::UNKNOWN);
    }

    fn finish(&mut self) {
        self.close(Time(i64::MAX));
        self.state.findings.take(self.state.rules.rest());
    }

    /// Closes the windows that the watermark has passed.
    fn close(&mut self, time: Time) {
        let state = &mut self.state;
        let closed = state.windows.close(time - self.config.lateness, &self.config);
        state.models.step(&closed, &self.config, &mut self.emissions);
        state.windows.recycle(closed);
        let next = (time - self.config.lateness).window_start(self.config.window);
        state.close_at = next + self.config.window + self.config.lateness;
        state.findings.take(self.emissions.drain(..));
    }
}
