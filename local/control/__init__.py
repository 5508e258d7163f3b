"""The control plane: moto where it is faithful, records over botocore's shapes for the rest."""
