"""Places that a model file can come from, one file each."""
