//! Capture files: pcap, and pcapng (draft-ietf-opsawg-pcapng), read front to back as they come.

use pcap_parser::nom::Err as Failed;
use pcap_parser::pcapng::Block;
use pcap_parser::{PcapHeader, parse_block_be, parse_block_le, parse_pcap_header};

use super::packet::Packet;

/// A longer block is damage, or hostile.
const BLOCK_MAX: usize = 1 << 20;

/// A part of a file.
#[derive(Debug)]
pub(super) enum Part<'b> {
    /// A packet as captured: when (nanoseconds since 1970), and its frame.
    Frame { time: i64, link: i32, bytes: &'b [u8] },
    /// Something that is no packet.
    Other,
}

/// Why no part was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The rest of the part has not come yet.
    Unfinished,
    Damaged,
}

/// How the file is read on, as told by what came first.
#[derive(Debug, Default)]
pub(super) enum File {
    #[default]
    Unknown,
    Pcap(PcapHeader),
    Pcapng {
        is_big_endian: bool,
        interfaces: Vec<Interface>,
    },
}

/// What was captured on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interface {
    link: i32,
    /// Parts of a second that times count.
    resolution: u64,
    /// Seconds to add to times.
    offset: i64,
}

/// Whether a file that begins like this is a capture.
pub(super) fn is_capture(head: &[u8]) -> bool {
    const MARKS: [&[u8]; 5] = [
        b"\xd4\xc3\xb2\xa1",
        b"\xa1\xb2\xc3\xd4",
        b"\x4d\x3c\xb2\xa1",
        b"\xa1\xb2\x3c\x4d",
        b"\x0a\x0d\x0d\x0a",
    ];
    MARKS.iter().any(|mark| head.starts_with(mark))
}

impl File {
    /// Reads the part that `bytes` begin with, and gives its length with it.
    pub(super) fn part<'b>(&mut self, bytes: &'b [u8]) -> Result<(Part<'b>, usize), Stop> {
        match self {
            File::Unknown => self.head(bytes),
            // Captures are put behind each other: no packet is of the time that a head begins with.
            File::Pcap(_) if is_capture(bytes) => self.head(bytes),
            File::Pcap(head) => pcap_frame(head, bytes),
            File::Pcapng { is_big_endian, interfaces } => {
                let new_section = bytes.starts_with(b"\x0a\x0d\x0d\x0a");
                let order = bytes.get(8..12);
                if new_section && order.is_some() {
                    *is_big_endian = order == Some(b"\x1a\x2b\x3c\x4d");
                    interfaces.clear();
                }
                pcapng_block(*is_big_endian, interfaces, bytes)
            }
        }
    }

    fn head<'b>(&mut self, bytes: &'b [u8]) -> Result<(Part<'b>, usize), Stop> {
        if bytes.starts_with(b"\x0a\x0d\x0d\x0a") {
            *self = File::Pcapng { is_big_endian: false, interfaces: Vec::new() };
            return self.part(bytes);
        }
        let (rest, head) = parse_pcap_header(bytes).map_err(|error| stop(&error, bytes))?;
        *self = File::Pcap(head);
        Ok((Part::Other, bytes.len() - rest.len()))
    }
}

fn pcap_frame<'b>(head: &PcapHeader, bytes: &'b [u8]) -> Result<(Part<'b>, usize), Stop> {
    let parse = if head.is_bigendian() {
        pcap_parser::pcap::parse_pcap_frame_be
    } else {
        pcap_parser::pcap::parse_pcap_frame
    };
    let (rest, frame) = parse(bytes).map_err(|error| stop(&error, bytes))?;
    let unit = if head.is_nanosecond_precision() { 1 } else { 1000 };
    let time = i64::from(frame.ts_sec) * 1_000_000_000 + i64::from(frame.ts_usec) * unit;
    let part = Part::Frame { time, link: head.network.0, bytes: frame.data };
    Ok((part, bytes.len() - rest.len()))
}

fn pcapng_block<'b>(
    is_big_endian: bool,
    interfaces: &mut Vec<Interface>,
    bytes: &'b [u8],
) -> Result<(Part<'b>, usize), Stop> {
    let parse = if is_big_endian { parse_block_be } else { parse_block_le };
    let (rest, block) = parse(bytes).map_err(|error| stop(&error, bytes))?;
    let part = match block {
        Block::InterfaceDescription(block) => {
            // Times without a resolution count microseconds; one that cannot be is as good as none.
            let resolution = block.ts_resolution().filter(|parts| *parts > 0);
            interfaces.push(Interface {
                link: block.linktype.0,
                resolution: resolution.unwrap_or(1_000_000),
                offset: block.ts_offset(),
            });
            Part::Other
        }
        Block::EnhancedPacket(block) => {
            let Some(interface) = interfaces.get(block.if_id as usize) else {
                return Err(Stop::Damaged);
            };
            let ticks = u64::from(block.ts_high) << 32 | u64::from(block.ts_low);
            let copied = (block.caplen as usize).min(block.data.len());
            let bytes = block.data.get(..copied).unwrap_or_default();
            Part::Frame { time: interface.time(ticks), link: interface.link, bytes }
        }
        _ => Part::Other,
    };
    Ok((part, bytes.len() - rest.len()))
}

impl Interface {
    /// Nanoseconds since 1970.
    fn time(&self, ticks: u64) -> i64 {
        let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(self.resolution);
        let offset = self.offset.saturating_mul(1_000_000_000);
        i64::try_from(nanoseconds).unwrap_or(i64::MAX).saturating_add(offset)
    }
}

fn stop<E>(error: &Failed<E>, bytes: &[u8]) -> Stop {
    match error {
        Failed::Incomplete(_) if bytes.len() < BLOCK_MAX => Stop::Unfinished,
        _ => Stop::Damaged,
    }
}

/// The IP packet in a frame, by the kind of link it was captured on (tcpdump.org/linktypes.html); `None`
/// where it has none, or the link is of a kind that is not read.
pub(super) fn packet(link: i32, frame: &[u8]) -> Option<Packet<'_>> {
    const LOOP_HEAD: usize = 4;
    const COOKED_HEAD: usize = 16;
    const COOKED_2_HEAD: usize = 20;
    let kind_at = |at: usize| {
        let bytes = frame.get(at..at + 2)?.try_into().ok()?;
        Some(u16::from_be_bytes(bytes))
    };
    match link {
        1 => Packet::of_ethernet(frame),
        0 | 108 => Packet::of_ip(frame.get(LOOP_HEAD..)?),
        12 | 14 | 101 | 228 | 229 => Packet::of_ip(frame),
        113 => Packet::of_type(kind_at(14)?, frame.get(COOKED_HEAD..)?),
        276 => Packet::of_type(kind_at(0)?, frame.get(COOKED_2_HEAD..)?),
        _ => None,
    }
}
