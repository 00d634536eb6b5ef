/// The whole product against real parts: the agent as a process, Elasticsearch, a kubelet.
@NullMarked
package dev.longshore.e2e;

import org.jspecify.annotations.NullMarked;
