/// What kinds of receivers have in common that post one message of templated text for each
/// notification: [dev.longshore.alerting.receiver.posted.PostedIntegration] holds the settings of
/// an entry, [dev.longshore.alerting.receiver.posted.MessageKind] is what a kind adds: how its
/// service wants a message, and what its answers mean.
@NullMarked
package dev.longshore.alerting.receiver.posted;

import org.jspecify.annotations.NullMarked;
