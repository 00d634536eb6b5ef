package dev.longshore.testkit.analysis;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.TokenFilterFactory;

/// The token filter that leaves out a token that stands twice at one place.
@NamedComponent("unique")
public final class UniqueTokens implements TokenFilterFactory {
  @Override
  public TokenStream create(TokenStream tokens) {
    return new RemoveDuplicatesTokenFilter(tokens);
  }
}
