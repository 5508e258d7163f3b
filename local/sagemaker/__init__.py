"""The SageMaker runtime: endpoints whose instances run the container's code as processes."""
