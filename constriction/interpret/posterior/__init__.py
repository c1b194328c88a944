"""What a spectrum leaves possible: likelihood, best fit, samples of the posterior, evidence of a model."""
