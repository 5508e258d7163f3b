"""The model server: SageMaker's hosting contract over HTTP."""
