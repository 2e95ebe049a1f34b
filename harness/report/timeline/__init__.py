"""The timeline page: one HTML file that shows what happened in virtual time, with nothing to load.

What it shows is made in `harness.judge.timeline`; `static/` draws it, here and on the site.
"""
