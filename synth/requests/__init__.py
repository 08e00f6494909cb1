"""A problem put as a request: in a shape and a style that twins share."""
