"""Generated protocol code: see generate.sh."""
