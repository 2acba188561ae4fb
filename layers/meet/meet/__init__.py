"""What the functions share."""

import gc

# A cold start makes some 90,000 objects that stay. Looking for garbage among them every few hundred
# objects, as Python does, is an eighth of its time; afterwards an invocation leaves hardly any.
gc.set_threshold(200_000)
