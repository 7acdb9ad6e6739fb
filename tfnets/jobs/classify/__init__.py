"""Classifies a person's own pictures, of which a few are labelled."""

QUESTION = "What does each picture of a folder show, given labels of a few?"
TITLE = "{pictures:,} pictures from {labels} labels"
