"""Models that judge a text: what they are sent and what their answers say; none is called here."""
