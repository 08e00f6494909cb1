"""What may become training data: checks of problems and samples, one file each, and the splits."""
