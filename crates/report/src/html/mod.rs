//! placeholder
use crate::Scan;
use tocsin_event::Incident;
/// x
pub fn html(_: &Scan) -> String {
    String::new()
}
pub(crate) fn incident_page(_: &Scan, _: &Incident) -> String {
    String::new()
}
