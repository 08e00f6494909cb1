"""Programs written for a request and run in the sandbox: what they do tells how clear the request is."""
