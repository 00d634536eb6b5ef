package dev.longshore.shared.elastic;

/// What Elasticsearch says about one item of a bulk request that did not become a document of the
/// data stream.
///
/// @param item index of the item in the request, from 0
/// @param status HTTP status of the item; 201 when the server put it into its failure store
/// @param type kind of error as Elasticsearch names it, for example `document_parsing_exception`;
///   empty when it gave none
/// @param reason explanation for people; it may quote the document, so it is never logged
/// @param failureStore whether the document lies in the data stream's failure store
public record ItemFailure(int item, int status, String type, String reason, boolean failureStore) {}
