"""Works beside the gateway: brings what was journalled to where it is kept."""
