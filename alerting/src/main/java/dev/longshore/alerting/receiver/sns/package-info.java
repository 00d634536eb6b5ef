/// `sns_configs`: messages of Amazon SNS.
@NullMarked
package dev.longshore.alerting.receiver.sns;

import org.jspecify.annotations.NullMarked;
