//! The checks over all that there is to check, without a fuzzer.

#[cfg(test)]
mod longest;
#[cfg(test)]
mod replay;
