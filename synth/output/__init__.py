"""From the work log to files: the log itself, the choice of samples, formats, report and card."""
