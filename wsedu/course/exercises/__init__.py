"""The exercises, one small file each; ``catalogue`` lists them."""
