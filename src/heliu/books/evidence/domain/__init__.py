"""The evidence desk's pure core: canonical bytes, the Merkle tree, what a leaf and a proof are."""
