"""Reports of evaluations: tables, figures, single conversations; for a terminal, as Markdown, as a page."""
