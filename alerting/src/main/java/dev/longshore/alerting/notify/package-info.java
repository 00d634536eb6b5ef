/// Telling people: which groups of alerts are told to whom, and delivery that loses nothing.
///
/// A [Receiver] is told of groups by its integrations. Whether a flush posts anything is
/// Alertmanager's decision, from the notification log; what is to be posted lies in the outbox, in
/// the database, until the other side has it. What can go wrong: the other side refuses (the entry
/// stays and an alert is raised about it), does not answer (tried again, later and later), or had
/// the message and its answer was lost (it is posted a second time, at most once per channel and
/// kill; a webhook, which is told of groups beside each other, gets some).
///
/// Two decisions differ from Alertmanager's. An alert that is silenced, muted or inhibited leaves
/// the notification log, so that it is told once when it is heard again and still fires. And a card
/// is edited, and resolved, whatever `send_resolved` says and however quiet the group is: these
/// govern what is posted.
@NullMarked
package dev.longshore.alerting.notify;

import org.jspecify.annotations.NullMarked;
