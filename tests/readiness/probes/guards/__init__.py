"""Guards around a call of a model, in every place where they may stand."""
