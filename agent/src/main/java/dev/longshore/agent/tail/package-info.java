/// From files to bytes: finds the log files that the patterns name and their rotated siblings,
/// tells generations of a file apart, and hands their bytes over, once and in order, a fair share
/// each.
///
/// It owns the file handles, the inotify watch and what is known of each file; it keeps nothing on
/// disk: where reading resumes is what [TailListener#opened] answers. One thread reads, the one
/// that calls [Tail#turn]; any thread may ask for the status.
///
/// What can go wrong: a file without permission or with a read error is retried at each rescan and
/// shown as unreadable; inotify that is exhausted or overflows is replaced by scanning; bytes that
/// were deleted before they were read are lost, and reported with their number.
@NullMarked
package dev.longshore.agent.tail;

import org.jspecify.annotations.NullMarked;
