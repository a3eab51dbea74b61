"""The acquisition desk's pure core: columns in, judgements and reasons out."""
