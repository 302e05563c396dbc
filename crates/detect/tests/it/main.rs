//! The engine from outside: events in, findings out.

mod engine;
mod stix;
mod world;
