"""What a search answers: hits, order, pages, suggestions."""
