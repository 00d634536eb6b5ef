/// What the buffer promises, under kills, damage and full disks.
@NullMarked
package dev.longshore.agent.buffer;

import org.jspecify.annotations.NullMarked;
