"""The lessons, a folder each: predictions, misconceptions, and one small file an exercise."""
