//! The model detector: learns what the windows of a class of entities usually look like, and says
//! how unlikely a new one is. An isolation forest scores, split-conformal calibration turns scores
//! into p-values, an alert budget decides which of them are told, TreeSHAP says why.
//!
//! The first windows train the forest, those after them calibrate it; until the calibration is
//! large enough for the budget, what is found is `info` and the report says how far learning is.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use tocsin_anomaly::{
    Budget, Calibration, DataError, ForestParams, IsolationForest, Matrix, Outcome, Reservoir,
    median,
};
use tocsin_event::{
    Attribution, Basis, Duration, Entity, EntityKind, Finding, FindingId, Models, Severity, Time,
    Window,
};

use crate::config::Config;
use crate::emission::Emission;
use crate::window::{EVENTS_MIN, EntityWindow, FEATURES};

/// The version of features and model together; a finding's id depends on it.
const VERSION: &str = "1";
/// Features that an attack lowers: a program is faster and more regular than a person. It raises all
/// the others.
const LOWER_IS_HOSTILE: [&str; 2] = ["interarrival_mean", "interarrival_cv"];
/// Windows the forest is trained on.
const TRAINING: usize = 256;
/// Calibration scores kept: the sample of a long run stays bounded.
const CALIBRATION_MAX: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// The calibration is made anew when its sample has been drawn from so many times more.
const REFRESH: f64 = 1.1;
/// The kinds of entities that have a model.
const KINDS: [EntityKind; 3] = [EntityKind::Ip, EntityKind::User, EntityKind::Session];

/// How far a model has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// The model's name.
    pub model: String,
    /// Windows it has learnt from.
    pub have: u64,
    /// Windows it needs before its findings become alerts.
    pub need: u64,
}

/// The models of every kind of entity.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ModelState {
    classes: Vec<ClassModel>,
}

/// The model of one kind of entity.
#[derive(Debug, Serialize, Deserialize)]
struct ClassModel {
    kind: EntityKind,
    training: Vec<[f64; FEATURES.len()]>,
    hours: [u64; 24],
    forest: Option<IsolationForest>,
    medians: Vec<f64>,
    sample: Reservoir<f64>,
    calibration: Option<Calibration>,
    /// Windows seen at which it is made anew.
    calibrate_at: u64,
    budget: Budget,
    seed: u64,
}

impl ModelState {
    pub(crate) fn new(config: &Config) -> Result<Self, DataError> {
        // Each class spends its share, so that together they keep the budget.
        let share = config.budget_per_day / KINDS.len() as f64;
        let class = |kind| {
            Ok(ClassModel {
                kind,
                training: Vec::new(),
                hours: [0; 24],
                forest: None,
                medians: Vec::new(),
                sample: Reservoir::new(CALIBRATION_MAX, config.seed ^ kind as u64),
                calibration: None,
                calibrate_at: 1,
                budget: Budget::new(share)?,
                seed: config.seed,
            })
        };
        Ok(ModelState { classes: KINDS.into_iter().map(class).collect::<Result<_, _>>()? })
    }

    /// Learns from and judges closed windows.
    pub(crate) fn step(
        &mut self,
        windows: &[EntityWindow],
        config: &Config,
        out: &mut Vec<Emission>,
    ) {
        for window in windows {
            let class = self.classes.iter_mut().find(|class| class.kind == window.kind);
            if let Some(finding) = class.and_then(|class| class.step(window, config)) {
                out.push(Emission::Found(Box::new(finding)));
            }
        }
    }

    /// How far each model that has seen anything has come.
    pub(crate) fn learning(&self) -> Vec<Learning> {
        let seen = self.classes.iter().filter(|class| !class.training.is_empty());
        seen.map(ClassModel::learning).collect()
    }
}

impl ClassModel {
    fn name(&self) -> String {
        format!("model/{}", self.kind.name())
    }

    fn step(&mut self, window: &EntityWindow, config: &Config) -> Option<Finding> {
        let off_hours = self.off_hours(window.first);
        if window.events < EVENTS_MIN && window.new_pairs == 0 {
            return None;
        }
        let features = window.features(off_hours);
        let Some(forest) = &self.forest else {
            self.train(features);
            return None;
        };
        let ready = self.ready();
        // The score and its p-value, where they are out of the ordinary.
        let mut high = None;
        let outcome = self.calibration.as_ref().map(|calibration| {
            self.budget.judge_by(window.last.0, |alpha| {
                let score = forest.score_above(&features, calibration.threshold(alpha));
                high = score.map(|score| (score, calibration.p_value(score)));
                high.is_some()
            })
        });
        // What is told must not teach the model that it is normal.
        if high.is_none() || !ready {
            self.sample.offer(|| high.map_or_else(|| forest.score(&features), |(score, _)| score));
            self.calibrate();
        }
        if outcome != Some(Outcome::Alert) {
            return None;
        }
        self.finding(window, &features, high?, (ready, config.window))
    }

    /// How rare this hour of the day is in the class so far: 0 for the busiest hour, 1 for one
    /// without any event. Then counts the event.
    fn off_hours(&mut self, time: Time) -> f64 {
        let hour = usize::from(time.hour());
        let busiest = self.hours.iter().copied().max().unwrap_or_default();
        let rarity =
            if busiest == 0 { 0.0 } else { 1.0 - self.hours[hour] as f64 / busiest as f64 };
        self.hours[hour] += 1;
        rarity
    }

    fn train(&mut self, features: [f64; FEATURES.len()]) {
        self.training.push(features);
        if self.training.len() < TRAINING {
            return;
        }
        let params = ForestParams { seed: self.seed, ..ForestParams::default() };
        let rows = Matrix::new(FEATURES.len(), self.training.concat());
        self.forest = rows.ok().and_then(|rows| IsolationForest::fit(&rows, params).ok());
        self.medians =
            (0..FEATURES.len()).map(|column| median_of(&self.training, column)).collect();
    }

    /// Calibrates anew where so much more was seen that it matters.
    fn calibrate(&mut self) {
        if self.sample.seen() >= self.calibrate_at {
            self.calibrate_at = (self.sample.seen() as f64 * REFRESH).ceil() as u64;
            self.calibration = Calibration::new(self.sample.items().to_vec()).ok();
        }
    }

    fn ready(&self) -> bool {
        let rates = (self.budget.tests_per_day(), self.budget.per_day());
        self.calibration.as_ref().is_some_and(|calibration| calibration.is_ready(rates.0, rates.1))
    }

    fn learning(&self) -> Learning {
        // Until time has passed the rate of tests is unknown, and the least sample is named.
        let rate = Some(self.budget.tests_per_day()).filter(|rate| rate.is_finite());
        let calibration = Calibration::needed(rate.unwrap_or_default(), self.budget.per_day());
        let need = calibration.saturating_add(TRAINING) as u64;
        let have = self.training.len() as u64 + self.sample.seen();
        let have = if self.ready() { need } else { have.min(need - 1) };
        Learning { model: self.name(), have, need }
    }

    fn finding(
        &self,
        window: &EntityWindow,
        features: &[f64; FEATURES.len()],
        (score, p_value): (f64, f64),
        (ready, size): (bool, Duration),
    ) -> Option<Finding> {
        let attributions = self.attributions(features);
        let severity = match ready {
            false => Severity::Info,
            true if is_hostile(&attributions) => Severity::Medium,
            true => Severity::Low,
        };
        let names = vec!["isolation_forest".to_owned()];
        let basis = Models::new(score, p_value, attributions, names)?;
        let entity = Entity::new(window.kind, window.id.as_str());
        let start = window.first.window_start(size);
        let detector = self.name();
        Some(Finding {
            id: FindingId::new(&detector, VERSION, &entity, 0, start),
            time: window.last,
            entity,
            entities: Vec::new(),
            targets: Vec::new(),
            detector: detector.into(),
            title: "Unusual sign-in behaviour".into(),
            severity,
            basis: Basis::Model(basis),
            techniques: [].into(),
            window: Window { start: window.first, end: window.last },
            count: u64::from(window.events),
            by_voice: false,
            evidence: vec![window.evidence.clone()],
        })
    }

    fn attributions(&self, features: &[f64; FEATURES.len()]) -> Vec<Attribution> {
        let Some(forest) = &self.forest else { return Vec::new() };
        let contributions = forest.attributions(features).contributions;
        let each = FEATURES.iter().zip(features).zip(&self.medians).zip(contributions);
        let mut attributions: Vec<_> = each
            .map(|((((feature, _), value), baseline), contribution)| Attribution {
                feature: (*feature).to_owned(),
                value: *value,
                baseline: *baseline,
                contribution,
            })
            .collect();
        attributions.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        attributions
    }
}

/// Whether something failed, and most of what is unusual is so in the way of an attack. An owner who
/// signs in several times without one failure is unusual too where most windows are of guessers.
fn is_hostile(attributions: &[Attribution]) -> bool {
    if !attributions.iter().any(|part| part.feature == "failures" && part.value > 0.0) {
        return false;
    }
    let (mut hostile, mut raising) = (0.0, 0.0);
    for part in attributions.iter().filter(|part| part.contribution > 0.0) {
        raising += part.contribution;
        let lower = LOWER_IS_HOSTILE.contains(&&*part.feature);
        if (lower && part.value < part.baseline) || (!lower && part.value > part.baseline) {
            hostile += part.contribution;
        }
    }
    hostile * 2.0 >= raising
}

fn median_of(rows: &[[f64; FEATURES.len()]], column: usize) -> f64 {
    let mut values: Vec<f64> = rows.iter().map(|row| row[column]).collect();
    median(&mut values).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(feature: &str, value: f64, baseline: f64, contribution: f64) -> Attribution {
        Attribution { feature: feature.to_owned(), value, baseline, contribution }
    }

    #[test]
    fn what_is_unusual_for_its_calm_is_not_hostile() {
        let owner = [
            part("failure_ratio", 0.0, 1.0, 2.9),
            part("successes", 8.0, 0.0, 2.0),
            part("interarrival_mean", 16.0, 1.0, 1.4),
            part("attempts", 2.0, 3.0, -0.8),
        ];
        assert!(!is_hostile(&owner));
        let guesser = [
            part("failures", 40.0, 0.0, 2.9),
            part("interarrival_mean", 0.5, 60.0, 2.0),
            part("successes", 0.0, 3.0, 1.0),
        ];
        assert!(is_hostile(&guesser));
        assert!(!is_hostile(&[part("off_hours", 0.9, 0.1, 1.0), part("failures", 0.0, 0.0, 0.0)]));
    }
}
