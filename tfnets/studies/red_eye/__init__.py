"""Study 5.3: red pupils, replaced by networks that have only seen clean eyes."""

QUESTION = (
    "Does an autoencoder of clean eyes replace the red pupil that it never saw, and leave the "
    "rest of the picture alone?"
)
TITLE = "Red pupils, replaced by networks that saw none"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does an autoencoder take out red eyes?",
    "As a whole no; filling in what is red: redness {metrics[ways][context][redness][mean]:.3f}",
)
SEED = 3  # seed of the reference run: the settings were chosen with the ones before
KEPT = ("context-3",)  # models kept of the reference run
