/// Acknowledgements: somebody says that they see to a group of alerts, which is then not repeated.
///
/// [Acknowledgements] owns them, and is the [dev.longshore.alerting.alert.Acknowledger] that the
/// API, the page and receivers with buttons call, on the loop: `acknowledge(group, by, comment,
/// until)`, where `group` is the id of an [dev.longshore.alerting.alert.AlertGroup] or its hash. It
/// stands between the dispatcher and the notifier: each group that is passed on carries its
/// acknowledgement, so that a message can name who sees to it, and a change of it reaches messages
/// that stand within a second, like any other change of a group.
///
/// An acknowledgement ends when its time is over, when a flush finds alerts in the group that were
/// not there (another severity is another alert), when nothing of the group fires any more, when
/// the group goes to another receiver, or when somebody ends it. Whatever is new is told in spite
/// of it, and so are ends.
///
/// They persist in the state, in the unit of work of the turn. What can go wrong: a restart finds
/// one whose group is gone, and forgets it.
@NullMarked
package dev.longshore.alerting.acknowledge;

import org.jspecify.annotations.NullMarked;
