"""Letters of ours: values -> finished bytes, and the signed addresses and ids by which answers find home."""
