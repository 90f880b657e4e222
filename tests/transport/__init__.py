"""Tests of the transport on real loopback sockets."""
