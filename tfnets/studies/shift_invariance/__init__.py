"""Study 6.2: which operators on images are convolutions."""

QUESTION = (
    "Which operators on images are linear, which commute with shifts, and are those that do "
    "both convolutions with their impulse response?"
)
TITLE = "Linear operators that commute with shifts"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Which linear operators are convolutions?",
    "Those that commute with shifts: rebuilt from one impulse to {claims[9][ours]:.0e}",
)
