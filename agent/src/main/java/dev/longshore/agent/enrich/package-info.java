/// What is known about the pods of this node: their labels, annotations, owners and containers, as
/// the JSON that each document starts with, and the annotations by which a pod controls its logs.
///
/// One watch on the node's pods and one on namespaces feed it; a folder on disk keeps what was
/// learnt until the pod is deleted and its files are shipped, so that a restart, a deleted pod and
/// an unreachable API server change nothing. A pod that has logs and that the watch has not told of
/// is asked for by itself. Nobody waits for the API server here: a pod that is not known is
/// answered as unknown, with how long its files may wait.
///
/// What an annotation demands counts as far as the operator's policy permits it; the rest is a
/// refusal, which people see.
///
/// The way back is narrow: logs that were lost are told as Events on their pod, at most one a
/// minute for each, which needs `create` on `events`. Without that, one warning says so.
@NullMarked
package dev.longshore.agent.enrich;

import org.jspecify.annotations.NullMarked;
