"""The model server and its trainer; one image for SageMaker hosting and training."""
