"""The doors of an application, by the ways in which frameworks are told of them."""
