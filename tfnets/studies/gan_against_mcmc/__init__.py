"""Study 6.7: can a GAN's samples be told from those of a Markov chain?"""

QUESTION = (
    "Does a GAN on the unit disc come to a point where its samples cannot be told from Gibbs "
    "samples?"
)
TITLE = "GAN samples against Gibbs samples"
IN_SHORT = (
    "Is a GAN as good as MCMC on the disc?",
    "Not yet: neighbours tell them apart, {claims[0][ours]:.3f} right",
)
