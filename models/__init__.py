"""The base of the project: models, file formats, processes, and what all packages share."""
