//! Accounts and groups: shadow's useradd, usermod, userdel, groupadd, gpasswd, passwd, chage and
//! their kin.

use tocsin_event::{Activity, Class, Status};

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("accounts", PROGRAMS, WORDINGS);

const PROGRAMS: &[&str] = &[
    "useradd",
    "userdel",
    "usermod",
    "groupadd",
    "groupdel",
    "groupmod",
    "groupmems",
    "gpasswd",
    "passwd",
    "chpasswd",
    "chgpasswd",
    "chage",
    "chfn",
    "chsh",
    "newusers",
    "adduser",
    "deluser",
    "newgrp",
    "accounts-daemon",
];

const NOT_CREATED: Meaning = Meaning::new(Class::AccountChange, Activity::CREATE, Status::Failure);
const NOT_CHANGED: Meaning = Meaning::new(Class::AccountChange, Activity::OTHER, Status::Failure);
const LOCKED: Meaning = Meaning::new(Class::AccountChange, Activity::LOCK, Status::Success);

const WORDINGS: &[Wording] = &[
    says("new user: name={user}, UID={uid}, GID={_}", Meaning::ACCOUNT_CREATED),
    says("new account added - account={user}, uid={uid}, gid={_}", Meaning::ACCOUNT_CREATED),
    says("new group: name={group}, GID={_}", Meaning::ACCOUNT_CREATED),
    says("new group added - group={group}, gid={_}", Meaning::ACCOUNT_CREATED),
    says("group added to {file}: name={group}, GID={_}", Meaning::NOTED),
    says("group added to {file}: name={group}", Meaning::NOTED),
    says("failed adding user '{user}'", NOT_CREATED),
    says("failed adding group '{group}'", NOT_CREATED),
    says("failed to change {_} for user '{user}'", NOT_CHANGED),
    says("delete user '{user}'", Meaning::ACCOUNT_DELETED),
    says("delete user `{user}'", Meaning::ACCOUNT_DELETED),
    says("delete '{user}' from {_} '{group}'", Meaning::ACCOUNT_CHANGED),
    says("delete `{user}' from {_} `{group}'", Meaning::ACCOUNT_CHANGED),
    says("removed group '{group}' owned by '{user}'", Meaning::ACCOUNT_DELETED),
    says("removed {_} '{group}' owned by '{user}'", Meaning::NOTED),
    says("remove group '{group}'", Meaning::ACCOUNT_DELETED),
    says("group '{group}' removed from {file}", Meaning::NOTED),
    says("group '{group}' removed", Meaning::ACCOUNT_DELETED),
    says("group changed in {file} (group {_}", Meaning::NOTED),
    says("add '{user}' to shadow group '{group}'", Meaning::NOTED),
    says("add '{user}' to group '{group}'", Meaning::GROUP_JOINED),
    says("add `{user}' to {_} `{group}'", Meaning::GROUP_JOINED),
    says("user {user} added by {actor} to group {group}", Meaning::GROUP_JOINED),
    says("user {user} removed by {actor} from group {group}", Meaning::ACCOUNT_CHANGED),
    says("members of group {group} set by {actor} to {_}", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' password", Meaning::PASSWORD_CHANGED),
    says("change user '{user}' shell from ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' home from ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' UID from '{_}' to '{uid}'", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' GID from ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' name to ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' expiration from ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}' inactive from ", Meaning::ACCOUNT_CHANGED),
    says("change user '{user}'", Meaning::ACCOUNT_CHANGED),
    says("change user `{user}' {_}", Meaning::ACCOUNT_CHANGED),
    says("changed user '{user}' {_}", Meaning::ACCOUNT_CHANGED),
    says("changed password expiry for {user}", Meaning::ACCOUNT_CHANGED),
    says("lock user '{user}' password", LOCKED),
    says("unlock user '{user}' password", Meaning::ACCOUNT_CHANGED),
    says("password for '{user}' changed by '{actor}'", Meaning::PASSWORD_CHANGED),
    says("password for `{user}' changed by `{actor}'", Meaning::PASSWORD_CHANGED),
    says("password changed for {user}", Meaning::PASSWORD_CHANGED),
    says("{actor} changed the password of {user}", Meaning::PASSWORD_CHANGED),
];
