"""Study 5.3: red pupils, replaced by networks that have only seen clean eyes."""

QUESTION = (
    "Does an autoencoder of clean eyes replace the red pupil that it never saw, and leave the "
    "rest of the picture alone?"
)
TITLE = "Red pupils, replaced by networks that saw none"
