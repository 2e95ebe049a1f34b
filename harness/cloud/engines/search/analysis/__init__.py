"""Text to terms, as OpenSearch does it: tokenizers, token filters, analyzers."""
