//! What each process was started as: the kernel names the parent of a process by its number alone,
//! and whether a package script or a person deletes a log makes all the difference.

use std::hash::BuildHasher;

use tocsin_event::{Activity, Class, Field, Status, Writer};

/// Processes remembered; a newer one takes the place of an older one.
const PROCESSES: usize = 1024;
/// How much of a command line is remembered, in bytes.
const COMMAND_MAX: usize = 512;

/// Remembers what processes were started as.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    started: Vec<Started>,
    hasher: foldhash::fast::FixedState,
}

#[derive(Clone, Debug, Default)]
struct Started {
    process: u64,
    path: String,
    command: String,
}

impl Processes {
    /// Adds to the event what its parent was started as, and remembers what it starts itself.
    pub(super) fn see(&mut self, host: &str, out: &mut Writer<'_>) {
        if let Ok(parent) = out.get(Field::ParentPid).parse()
            && let Some(parent) = self.recall(host, parent)
        {
            out.set(Field::ParentPath, &parent.path);
            out.set(Field::ParentCmdLine, &parent.command);
        }
        let event = &out.event;
        let launched = event.class == Class::Process && event.activity == Activity::LAUNCH;
        // What sudo says of a command is said by its own process.
        let own = out.get(Field::EventCode) != "USER_CMD";
        if launched && own && event.status != Status::Failure && event.pid != 0 {
            self.remember(host, out);
        }
    }

    fn recall(&self, host: &str, pid: u32) -> Option<&Started> {
        let process = self.hasher.hash_one((host, pid));
        let started = self.started.get(process as usize % PROCESSES)?;
        (started.process == process).then_some(started)
    }

    fn remember(&mut self, host: &str, out: &Writer<'_>) {
        if self.started.is_empty() {
            self.started.resize(PROCESSES, Started::default());
        }
        let process = self.hasher.hash_one((host, out.event.pid));
        let started = &mut self.started[process as usize % PROCESSES];
        started.process = process;
        for (own, field) in
            [(&mut started.path, Field::ProcessPath), (&mut started.command, Field::ProcessCmdLine)]
        {
            let text = out.get(field);
            own.clear();
            own.push_str(text.get(..text.floor_char_boundary(COMMAND_MAX)).unwrap_or_default());
        }
    }
}
