"""Study 2.3: making a network see another class in a photograph."""

QUESTION = "How small a change makes a network see another class in a photograph?"
TITLE = "Fooling a network"
