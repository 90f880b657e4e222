"""How what a page says is shown: as HTML, as JSON, as CSV, as a drawing."""
