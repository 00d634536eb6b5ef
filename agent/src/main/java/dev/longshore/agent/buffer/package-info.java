/// The disk buffer between reading and shipping, and the only truth about progress: blocks of
/// records, the snapshots they name, how far each generation is, and what was acknowledged.
///
/// ## Layout on disk
///
/// ```
/// <dir>/lock       held while the buffer is open: one process a folder
/// <dir>/queue/     the Chronicle queue of this run; its files are written once and end
/// <dir>/earlier/   files of earlier runs that still hold unacknowledged blocks; read only
/// <dir>/damaged/   files in which something could not be read, kept as evidence, oldest removed
/// <dir>/spare      allocated room for the next file, so that a full disk can still be tidied
/// ```
///
/// Each opening starts a new file and never appends to an old one: what a killed process left
/// behind (locks, half-written headers, torn tails) is read by checksums and never repaired in
/// place. A file is deleted when all blocks in it and in older files are acknowledged, and only
/// after the disk has all positions and what was relocated; blocks that hold back an old file are
/// appended again as relocated.
///
/// ## What is promised
///
/// When [dev.longshore.agent.buffer.Buffer#append] returns, the block survives the death of the
/// process at any instruction. With the default it is in the page cache: a power loss or a kernel
/// crash can take the last seconds, which are then read again from the log files where those are
/// still there. With `buffer.sync` each append waits for the disk, and each new file for its name.
///
/// ## What can go wrong
///
/// The disk is full, or the cap is reached: appending is refused before a mapped page could be
/// touched that has no room on disk, reading pauses, and goes on by itself. Files are damaged: what
/// has a right checksum is delivered, the rest is counted, and positions fall back to before the
/// gap, so that it is read again. The same holds for a file that is missing although it was needed:
/// each file's head names the one before, and a deletion is announced before it happens.
///
/// The disk fails: a page or a file that can't be read is damage like a wrong checksum. A write
/// that fails, also as a fault under Chronicle's mapping, ends the current file as evidence, and
/// the same is written to a new one. An acknowledgement that can't be written is written later; a
/// part of the maintenance that fails keeps no other from being done and is tried again, with
/// growing pauses. Only what concerns the folder itself, or the new file, is an error that the
/// caller sees.
///
/// Descriptors or memory run out: what can't be opened then is asked again later, and is no damage.
///
/// A file can't be forced: it is believed no more, and ends as one that can't be written; nothing
/// older is deleted before a new one is on disk. While the disk deletes nothing or gives no room, a
/// reader is told that, and not that the buffer is full.
///
/// The folder, or one of queue files in it, is removed or replaced while it is in use: the process
/// ends, because nothing that is written would be found again, and another one could hold the new
/// folder. The next start reads the logs again; their records have the ids that they had.
///
/// A file of a later entry format is refused at the opening; nothing is deleted then.
///
/// All files are their owner's alone: mode 0600, folders 0700.
@NullMarked
package dev.longshore.agent.buffer;

import org.jspecify.annotations.NullMarked;
