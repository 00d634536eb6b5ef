package dev.longshore.testkit.analysis;

import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.TokenizerFactory;

/// The tokenizer that keeps URLs and e-mail addresses in one piece.
@NamedComponent("uax_url_email")
public final class UrlAndEmailTokenizer implements TokenizerFactory {
  @Override
  public Tokenizer create() {
    return new UAX29URLEmailTokenizer();
  }
}
