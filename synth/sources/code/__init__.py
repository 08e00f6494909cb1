"""Reading Python packages without importing them: modules, their functions, copies that stand alone."""
