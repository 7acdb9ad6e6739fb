"""Study 1.4: does a network notice when all pixels are shuffled alike?"""

QUESTION = "What does a network lose when every image has its pixels in the same other order?"
TITLE = "Images with their pixels shuffled"
