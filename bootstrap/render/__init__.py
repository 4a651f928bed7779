"""Plans, reports and drift as text, Markdown, HTML and JSON. Pure: no AWS, no kind by name, no colour."""
