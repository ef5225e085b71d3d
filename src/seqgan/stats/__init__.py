"""Statistics in numpy, without torch: n-gram counts, sentence BLEU from counts, bootstrap intervals."""
