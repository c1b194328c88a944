"""A foil that contacts lift, as an elastic plate on a grid."""
