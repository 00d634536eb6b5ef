/// Escalations: what is done, step by step, about groups that nobody acknowledges.
///
/// [Escalations] stands between acknowledgements and the notifier. A group whose receiver has a
/// policy begins an escalation when it is told; each step adds receivers to which the group is told
/// then and, until all of it has ended, like to its own: what is new, repetitions, the end. An
/// acknowledgement stops the steps; when it ends and the group still fires, they begin anew, and so
/// they do when a silence or a mute time ends.
///
/// A step, the messages that follow from it and what is due next are in one unit of work. What can
/// go wrong: a process that is killed before the unit is written takes the step again, and nothing
/// had been sent; one that was away for long takes the step that was due at once, and the next one
/// only after its time; a step in which nobody can be told is passed over for the next.
@NullMarked
package dev.longshore.alerting.escalate;

import org.jspecify.annotations.NullMarked;
