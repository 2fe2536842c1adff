"""Stands in for jinja2, which is only looked for."""
