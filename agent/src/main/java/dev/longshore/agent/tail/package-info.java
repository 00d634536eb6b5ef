/// From files to bytes: finds the log files that the patterns name and their rotated siblings,
/// tells generations of a file apart, and gives their bytes, once and in order, a fair share each.
///
/// It owns the file handles, the inotify watch and what is known of each file; it keeps nothing on
/// disk: where reading resumes is what [Checkpoints] say. One thread reads, the one that calls
/// [Tail#poll]; any thread may ask for the status.
///
/// Read from the top: [Tail] is polled for [FileEvent]s. [Discovery] walks the folders
/// ([PathGlobs], [LinkPolicy], [DirectoryWatch]) and tells [FileSet] what stands in them, which
/// makes generations of files ([GenerationIndex], [Identification]) and puts those of one log in
/// order ([RotationSet]). [RotationReader] reads them, [Slice] by slice, asks those that stand
/// still for their size only when inotify reports a write ([ContentWatch]), and [FileReaper] ends
/// them. [FileOpener] is the only way to a file's bytes; [Decompression] says which compressed
/// files are read.
///
/// What can go wrong, all of it shown in the status: a file without permission or with a read
/// error, or a folder that can't be listed, is unreadable and retried at each rescan ([ReadTrouble]
/// says for how long); a link that leads out of the followed folders, or a name that is no text, is
/// ignored. Where an inotify limit is reached, or a folder lies on a file system that other
/// machines may write to, scanning and asking for sizes take its place. Bytes that were deleted
/// before they were read, or that follow the damage of a compressed file, or that the disk can't
/// read, are lost and reported with their number. Whoever may write to a log folder can't make a
/// turn take longer than some tens of milliseconds, nor take more memory than the budget has for
/// it.
@NullMarked
package dev.longshore.agent.tail;

import org.jspecify.annotations.NullMarked;
