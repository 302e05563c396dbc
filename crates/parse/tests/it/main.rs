//! What the parsers make of real wordings.

#[cfg(test)]
mod any_text;
#[cfg(test)]
mod auditd;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod ocsf;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod spliced;
#[cfg(test)]
mod utmp;
#[cfg(test)]
mod wrapped;
