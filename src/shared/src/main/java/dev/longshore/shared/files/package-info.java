/// Files and folders that only their owner may read: whatever holds lines of logs, or state.
@NullMarked
package dev.longshore.shared.files;

import org.jspecify.annotations.NullMarked;
