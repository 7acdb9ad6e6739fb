"""Networks in the functional API, every layer named by its role: shapes in, `keras.Model` out.

Names are the interface: features, partial restoring and input optimisation find layers by them.
Each builder takes a `seed`; the initial weights are a function of (seed, layer name) alone.
"""
