"""Finds the pictures of a folder that are unlike all those of another."""

QUESTION = "Which pictures of a folder are unlike all those of another?"
TITLE = "{pictures:,} pictures beside {normal:,} normal ones"
