"""The stack's config: strict models of what Pulumi.<stack>.yaml may say under `ml-gateway:`."""
