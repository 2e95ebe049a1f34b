"""MigrateArticles: carries the whole index into the bulk queue, page by page.

It never talks to the CMS. That is the bulk queue's consumer's business, at the CMS's pace, so
a run is over in seconds while its articles arrive for minutes.
"""

from typing import Any

import bulk_queue
import run_table
from article_index import page_after


def handler(event: dict[str, Any], context: Any) -> None:
    """Goes on where this run stopped, whether that was an hour ago or never begun."""
    run_id, size = event["run_id"], event["page_size"]
    progress = run_table.read(run_id)
    while not progress.is_complete:
        page = page_after(progress.cursor, size)
        progress = run_table.write(run_id, page.cursor, is_complete=len(page.articles) < size)
        bulk_queue.send(page.articles)
