"""The web console: what is known of an application, on pages rendered here."""
