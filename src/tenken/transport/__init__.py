"""HTTP/1.1 as the gateway speaks it: strict, bounded, and close to the kernel."""
