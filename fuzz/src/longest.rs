//! Lines as long as any may be, made by repeating pieces of real ones: whoever takes a line apart
//! anew for each piece shows here.

use tocsin_parse::LINE_MAX;

/// What parsers look for one at a time.
const MARKS: &[&str] = &[
    "\"",
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "=",
    ":",
    ";",
    ",",
    "/",
    "\\",
    " ",
    "\t",
    "%",
    "&",
    "@",
    "#",
    "|",
    "-",
    ".",
    "0",
    "a",
    "\u{e9}",
    "\\\"",
    "a=",
    "={",
    "[[",
    "{\"a\":",
    " from ",
    " for ",
    " user ",
    "192.0.2.1",
    "::",
    "x.",
    " (",
    "\\u0041",
    "&amp;",
];

/// Oftener than a capture is shortened before it is given up.
const OFTEN: usize = 9;

/// Lines of full length that begin and end as this one does: with each word, everything from it
/// on, or a mark in its place repeated; or with all its words often, and then marks only.
pub fn lengthen(line: &str, give: &mut dyn FnMut(String)) {
    give(repeated("", &format!("{line} "), ""));
    let mut at = 0;
    for word in line.split_inclusive([' ', '"', '=', ':']) {
        let (head, rest) = line.split_at(at);
        let (_, tail) = rest.split_at(word.len());
        give(repeated(head, word, tail));
        give(repeated(head, rest, ""));
        at += word.len();
    }
    let words: Vec<&str> = line.split_inclusive(' ').collect();
    let often: String = words.chunks(2).map(|pair| pair.concat().repeat(OFTEN)).collect();
    let body = line.rfind(": ").map_or(line.len() / 2, |at| at + 2);
    let (head, tail) = line.split_at(line.floor_char_boundary(body));
    for mark in MARKS {
        give(repeated(head, mark, tail));
        give(repeated(line, mark, ""));
        give(repeated(&often, mark, ""));
    }
}

/// Head, piece and tail, the piece as often as a line has room.
#[must_use]
pub fn repeated(head: &str, piece: &str, tail: &str) -> String {
    let times = LINE_MAX.saturating_sub(head.len() + tail.len()) / piece.len().max(1);
    [head, &piece.repeat(times), tail].concat()
}
