/// Calls of Linux' C library for what Java does not offer: allocating a file's blocks, opening a
/// path without following its last link, holes of a file, inotify. The calls themselves stand where
/// they are used, in one class for each purpose.
@NullMarked
package dev.longshore.agent.libc;

import org.jspecify.annotations.NullMarked;
