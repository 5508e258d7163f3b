"""What a ModelEndpoint is made of: models, configuration, scaling, roll-outs, hooks."""
