/// `wechat_configs`: messages of an application of WeChat Work.
@NullMarked
package dev.longshore.alerting.receiver.wechat;

import org.jspecify.annotations.NullMarked;
