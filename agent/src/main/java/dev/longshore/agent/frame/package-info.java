/// Cuts the bytes of a container's log files at record boundaries, joins what the runtime split and
/// what belongs to one stack trace, and fills blocks with the records' raw lines. Nothing else of a
/// line is parsed here; [dev.longshore.agent.frame.Framer] is the entry.
///
/// Framing is a function of the bytes. A record ends by the line that follows it in its stream, by
/// its length, or by a gap between the runtime's own timestamps (forwards, or when the clock was
/// set back); the wall clock only says when waiting for a line is over. So a file that is read
/// again from any committed position gives the same records with the same start and span. Plain
/// files have no timestamps: there a trace ends by content, by length, or when waiting is over.
///
/// ## What raw bytes ship finds
///
/// - Each record: whole lines with prefix and line feed; the last line of a finished file may lack
///   it, INCOMPLETE says so.
/// - JOINED: more than one line. CRI: a line tagged P is continued by the next without a separator,
///   a line tagged F by a line feed. Docker: a line whose `log` doesn't end with a line feed is
///   continued. Plain: as it stands.
/// - UNPARSED: no prefix; all of it but the last line feed is the message. The stream is stdout,
///   but for a fragment, which is of its record's stream. An empty line in a CRI or Docker file is
///   UNPARSED with an empty message.
/// - INCOMPLETE: the last part never came, or the file ended without a line feed.
///
/// ## Fragments
///
/// A record whose lines are longer than `frame.maxRecord` becomes fragments with ordinals from 0;
/// each has its own start and span, which make its identity. Between lines: a fragment holds as
/// many whole lines as fit and is decoded like a record (JOINED speaks of the fragment's own
/// lines). Inside a line that is longer by itself: its first fragment has the line's prefix and no
/// line feed, the others are UNPARSED, the bare bytes of the message where it goes on, each alone
/// in its fragment; the cut is on a UTF-8 boundary. They carry no timestamp: that of the record
/// before in the block holds, or the block's. In Docker files stream and time follow the message,
/// so that all fragments of such a line are UNPARSED, raw JSON, never cut inside an escape; Docker
/// itself splits at 16 KiB, so this needs a `maxRecord` below 100 KiB or a line that Docker did not
/// write.
///
/// Until its last fragment is out, a record holds its stream's position at its start: after a
/// restart its first fragments are put again, with the same identity.
///
/// ## What can go wrong
///
/// A run of NUL bytes, as a file has where the node went down before its blocks were written, is in
/// no record: [dev.longshore.agent.frame.NulRun] says what counts as one. It ends the records that
/// wait for more, and a line that it tears is INCOMPLETE.
///
/// A record reaches from one generation into the next and no further; at a second rotation it ends,
/// INCOMPLETE if a part is missing. Lines that are held until their stream's next line or a
/// timeout: events of text (a time or a level first), text that ends with a colon or an opening
/// bracket, and tables for 100 ms, events at level error, headers of exceptions and frames for
/// `frame.groupTimeout`. JSON, logfmt and other text are never held. Further lines of an event that
/// are neither indented nor proved by a frame are its message's where the event has a time and a
/// level, and the runtime stamped them at once, within 200 µs, and they are no more than 32;
/// otherwise they are records of their own, and so are lines that a program wrote more than 100 ms
/// later. A program that prints a line without a layout at once behind an event of a logging
/// library finds it in that event.
@NullMarked
package dev.longshore.agent.frame;

import org.jspecify.annotations.NullMarked;
