/// What a line of text says about itself, whatever program wrote it: its level, where its words
/// begin, whether a new event begins with it, and whether it is part of a stack trace. Framing and
/// encoding read lines with the same grammar, so that what is joined is also understood.
///
/// Everything here works on bytes, makes no objects per line, and looks at a bounded prefix.
@NullMarked
package dev.longshore.agent.line;

import org.jspecify.annotations.NullMarked;
