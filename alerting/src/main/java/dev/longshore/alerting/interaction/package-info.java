/// What people do in Slack about alerts: buttons under messages, a modal to silence, the command
/// `/longshore`.
///
/// [SlackApps] keeps connections for each Slack app that the configuration names by its app-level
/// token, while this replica leads. [Interactions] is told what comes by them: it finds out who it
/// was and what it is about ([Permission], [SlackEntry]), acts on the alerting loop
/// ([GroupActions]), and answers the person alone; what was done shows in the message, by its next
/// edit, and in the audit.
///
/// What can go wrong: the person may not, the group has ended, the message is another Longshore's,
/// Slack doesn't take the answer. Each is said to the person, and none keeps anybody from being
/// told of alerts.
@NullMarked
package dev.longshore.alerting.interaction;

import org.jspecify.annotations.NullMarked;
