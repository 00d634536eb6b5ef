/// Whom alerts are told to, one folder for each kind: its keys, its settings, its client, its
/// errors. [ReceiverKind] is what a kind is, [dev.longshore.alerting.notify.ReceiverClient] what it
/// does. What all of them need of HTTP is in `receiver.http`. No kind knows another.
@NullMarked
package dev.longshore.alerting.receiver;

import org.jspecify.annotations.NullMarked;
