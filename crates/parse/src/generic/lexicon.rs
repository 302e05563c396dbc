//! The words by which services say how something went and what it was about, found in one pass.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

/// What a word says of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing.
    Nothing,
    /// It failed, was refused or is hostile; the reason as `status_detail`.
    Failed(&'static str),
    /// Something is wrong, perhaps not with the peer.
    Trouble,
    /// Someone got in.
    Succeeded,
    /// Something was opened or went through, unless another word says otherwise.
    Opened,
}

/// What a word shows the message to be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Nothing in particular.
    Any,
    /// Signing in.
    Login,
    /// Signing out.
    Logout,
    /// A connection.
    Connection,
    /// A web request.
    Request,
    /// An account, whose name follows.
    Account,
}

use Says::{Failed, Nothing, Opened, Succeeded, Trouble};
use Topic::{Account, Any, Connection, Login, Logout, Request};

/// The lexicon, its words parted by bars. A word counts whole; one that ends in `*` also as the
/// beginning of a longer one.
const LEXICON: &[(Says, Topic, &str)] = &[
    (
        Failed(super::WRONG),
        Login,
        "auth fail* | authentication fail* | authentication error* | \
         authentication unsuccessful | bad password | bad username or password | \
         bad credentials | bad login | badlogin | bad auth* | could not authenticate | \
         couldn't authenticate | cannot authenticate | credentials rejected | failed auth* | \
         failed log* | failed password | failed sign* | incorrect login | \
         incorrect password | incorrect username | invalid credential* | invalid login | \
         invalid password | invalid token | invalid username or password | log in failed | \
         login attempt failed | login fail* | login incorrect | login invalid | \
         login was incorrect | logon fail* | not authenticated | password fail* | \
         password incorrect | password is incorrect | password mismatch | sign-in failed | \
         unable to authenticate | unsuccessful login | unsuccessful log* | wrong password | \
         wrong username | wrong credentials | password verification failed | loginerror | \
         incorrect credentials | incorrect username or password | authfail* | auth_fail* | \
         login_fail* | wrong auth* | login error | invalid access token | invalid api key | \
         login_error | invalid_user_credentials | invalid_credentials | \
         preauth_failed | preauthentication failed | bad_username_or_password | \
         wrong_password | authentication finally failed",
    ),
    (
        Failed("invalid user"),
        Login,
        "illegal user | invalid user | invalid username | no such user | nonexistent user | \
         non-existent user | unknown user | unknown username | user not found | \
         user unknown | user does not exist | no such account | unknown account | \
         unknown login | account not found | illegitimate user | user_not_found | \
         non-existent | no_such_user | user doesn't exist | bad user*",
    ),
    (
        Failed("not allowed"),
        Any,
        "not allowed | not permitted | not authori* | unauthori* | disallowed | disabled | \
         locked out | account locked | is locked | locked | not in the allow | not in allow* | trusted domain error | \
         permission denied | lacks permission | authorization failure | \
         authorization failed | no permission",
    ),
    (
        Failed("too many attempts"),
        Any,
        "too many | too much | brute* | max retries | maximum number of | repeated fail* | \
         excessive | repeated login | lockout | maximum authentication attempts",
    ),
    (
        Failed("rate limited"),
        Any,
        "rate limit* | ratelimit* | delaying request* | limiting requests | throttl* | flood*",
    ),
    (
        Failed("blocklisted"),
        Any,
        "blacklist* | rbl | dnsbl | spamhaus | blocklist* | banned | banning | deny list | ban on | to ban list",
    ),
    (Failed("forbidden"), Any, "forbidden"),
    (Failed("closed before authentication"), Connection, "before auth*"),
    (
        Failed("exploit attempt"),
        Any,
        "attack* | exploit* | intrusion | injection | traversal | malicious | hacking | \
         hacker | break-in | breakin | shellcode | spoof* | forged | tamper* | hostile | \
         scan detected | port scan | portscan | probing | suspicious | violation",
    ),
    (
        Failed("denied"),
        Any,
        "denied | deny | denying | denies | refus* | reject* | block | blocked | blocking | \
         blocks | drop | dropped | dropping | forbid* | declined | prohibited | revoked | \
         tcp_denied",
    ),
    (
        Failed(""),
        Any,
        "fail | failed | fails | failing | failure | failures | unsuccessful* | invalid | \
         illegal | illegitimate | incorrect | wrong | bad | rejecting | not accepted | \
         does not match | did not match | doesn't match | mismatch | not valid | untrusted | \
         unacceptable | might not have worked | alert | unverified | spam | not match | \
         loginfailed",
    ),
    (Failed("not found"), Any, "not found | does not exist | no such file* | doesn't exist"),
    (
        Failed("protocol error"),
        Connection,
        "protocol error | handshake failed | handshake error | malformed | \
         negotiation failed | unexpected packet | bad packet | did not issue | \
         did not receive | bad protocol | handshake failure | unknown protocol | \
         wrong version number | bad request | did not return a certificate",
    ),
    (
        Trouble,
        Any,
        "error | errors | timeout | timed out | exceed* | abort* | unexpected | unknown | \
         unable to | could not | couldn't | cannot | can't | missing | expired | warning | \
         no hostname | unsupported | nonexistent | unauthenticated | prevented | terminated",
    ),
    (
        Succeeded,
        Login,
        "accepted password | accepted publickey | authenticated | authentication succe* | \
         authorized | logged in | logged on | login succe* | login ok | login accepted | \
         logon succe* | session opened | signed in | successful login | successful log* | \
         successfully authenticated | successfully logged | successful auth* | ok login | \
         login complete*",
    ),
    (
        Opened,
        Any,
        "accepted | accepting | allowed | allow | opened | established | success* | \
         succeeded | granted | permitted | passed",
    ),
    (Nothing, Logout, "logged out | logged off | session closed | signed out | logout | logoff"),
    (
        Nothing,
        Login,
        "auth | authenticate | authenticating | authentication | authorization | \
         credential* | log in | log-in | logging in | logon | password | passwd | pam | \
         sasl | sign in | sign-in | 2fa | totp | otp | session opened | ldap",
    ),
    (
        Nothing,
        Connection,
        "connect | connects | connected | connecting | connection | connections | \
         disconnect* | handshake | negotiat* | ssl | tls | packet* | tcp | udp | icmp | \
         traffic | peer | socket | query | relay",
    ),
    (Nothing, Request, "http/1.0 | http/1.1 | http/2 | http/2.0 | http/3"),
    (
        Nothing,
        Account,
        "user | username | user name | account | acct | usr | userid | user_name | user_id | \
         uid | login name | for | users | account name | ruser | accountname | accountid | \
         clientaccount | loginname | uname | suser | usrname | loginid | login_id",
    ),
    (Nothing, Login, "login"),
];

/// A word of the lexicon as it is matched.
#[derive(Debug)]
struct Entry {
    says: Says,
    topic: Topic,
    /// Whether it also counts as the beginning of a longer word.
    stem: bool,
    /// Whether the name of an account may follow it.
    names: bool,
}

struct Lexicon {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
}

static COMPILED: LazyLock<Lexicon> = LazyLock::new(compile);

#[expect(clippy::expect_used, reason = "a fixed table, far below what an automaton can hold")]
fn compile() -> Lexicon {
    let listed =
        || LEXICON.iter().flat_map(|(s, t, words)| words.split(" | ").map(|w| (*s, *t, w)));
    let entry = |(says, topic, word): (Says, Topic, &str)| Entry {
        says,
        topic,
        stem: word.ends_with('*'),
        names: topic == Account || word.ends_with("user") || word.ends_with("login"),
    };
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(listed().map(|(_, _, word)| word.trim_end_matches('*')))
        .expect("the lexicon compiles");
    Lexicon { automaton, entries: listed().map(entry).collect() }
}

/// How many places where the name of an account may follow are kept.
const NAMES_MAX: usize = 8;

/// What the words of a message say.
#[derive(Debug, Default)]
pub(super) struct Words {
    outcome: Option<Says>,
    detail: &'static str,
    topics: u8,
    names: [u32; NAMES_MAX],
    names_len: usize,
    /// Where the first word of a web request's protocol stands.
    pub(super) request_at: Option<usize>,
}

impl Words {
    /// Looks every word of the text up.
    pub(super) fn of(text: &str) -> Words {
        let mut words = Words::default();
        let mut input = Input::new(text);
        while let Some(found) = COMPILED.automaton.find(input.clone()) {
            let entry = &COMPILED.entries[found.pattern().as_usize()];
            let whole = is_word(text.as_bytes(), found.start(), found.end(), entry.stem);
            if whole {
                words.add(entry, text, found.start()..found.end());
            }
            // Within what only looked like one there may be another: `preauth_failed`.
            input.set_start(if whole { found.end() } else { found.start() + 1 });
        }
        words
    }

    fn add(&mut self, entry: &Entry, text: &str, at: std::ops::Range<usize>) {
        self.topics |= 1 << entry.topic as u8;
        if entry.topic == Request && self.request_at.is_none() {
            self.request_at = Some(at.start);
        }
        if entry.names && self.names_len < NAMES_MAX {
            self.names[self.names_len] = at.end as u32;
            self.names_len += 1;
        }
        match entry.says {
            Nothing => {}
            says if !is_negated(text.as_bytes(), &at) => self.say(says),
            Succeeded | Opened => self.say(Failed("")),
            Failed(_) | Trouble => {}
        }
    }

    /// Someone who got in did, whatever is said after it; otherwise failure outweighs success,
    /// and both outweigh mere trouble.
    fn say(&mut self, says: Says) {
        let (known, new) = (self.outcome.map_or(0, weight), weight(says));
        if new > known && self.outcome != Some(Succeeded) {
            self.outcome = Some(says);
        }
        if let Failed(detail) = says
            && self.detail.is_empty()
        {
            self.detail = detail;
        }
    }

    /// How it went, where any word says so.
    pub(super) fn outcome(&self) -> Option<Says> {
        self.outcome
    }

    /// Why it failed, as `status_detail`.
    pub(super) fn detail(&self) -> &'static str {
        self.detail
    }

    /// Whether any word is about this.
    pub(super) fn about(&self, topic: Topic) -> bool {
        self.topics & (1 << topic as u8) != 0
    }

    /// Where words end that the name of an account may follow.
    pub(super) fn names(&self) -> impl Iterator<Item = usize> {
        self.names[..self.names_len].iter().map(|at| *at as usize)
    }
}

fn weight(says: Says) -> u8 {
    match says {
        Nothing => 0,
        Trouble => 1,
        Opened => 2,
        Succeeded => 3,
        Failed(_) => 4,
    }
}

fn is_word(text: &[u8], start: usize, end: usize, stem: bool) -> bool {
    let letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let begins = start == 0 || !letter(start - 1);
    // Part of the name of a host or a file: `failed.example.com`, `error.log`.
    let named =
        text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_lowercase);
    begins && (stem || !letter(end)) && !named
}

/// `no error`, `0 failed`, `not accepted`; `failures=0`, `errors: 0`.
fn is_negated(text: &[u8], at: &std::ops::Range<usize>) -> bool {
    const BEFORE: [&[u8]; 9] =
        [b"no", b"not", b"0", b"without", b"never", b"zero", b"non", b"nothing", b"wasn't"];
    let before = text.get(..at.start).unwrap_or_default().trim_ascii_end();
    let word = before.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'\'').next();
    let denied = word.is_some_and(|word| BEFORE.iter().any(|no| no.eq_ignore_ascii_case(word)));
    let after = text.get(at.end..).unwrap_or_default();
    let after = after.strip_prefix(b"=").or_else(|| after.strip_prefix(b": "));
    let none = after.is_some_and(|rest| {
        rest.first() == Some(&b'0') && !rest.get(1).is_some_and(u8::is_ascii_alphanumeric)
    });
    denied || none
}
