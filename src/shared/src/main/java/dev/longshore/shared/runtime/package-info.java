/// The process as a whole: its long-lived threads run under one [Supervisor], so that none of them
/// can end or get stuck while the process looks healthy.
@NullMarked
package dev.longshore.shared.runtime;

import org.jspecify.annotations.NullMarked;
