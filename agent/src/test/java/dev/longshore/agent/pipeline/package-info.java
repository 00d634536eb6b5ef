/// Tests of the whole path of a line, from real files to an Elasticsearch in memory.
@org.jspecify.annotations.NullMarked
package dev.longshore.agent.pipeline;
