#!/bin/sh
# Builds the container image for $ARCHITECTURE (amd64 or arm64) and tags it by its content:
# image.sh [ARGUMENT OF THE BUILD]...
set -eu

tag=ml-gateway:$(.venv/bin/python -m container.content)
set -- "$@" --platform "linux/$ARCHITECTURE" --tag "$tag" container
# SageMaker takes one manifest in Docker's own format, no OCI manifest and no index of several:
# https://github.com/aws/amazon-sagemaker-feedback/issues/180
if docker info > /dev/null 2>&1; then
    docker buildx build --output type=docker --provenance=false \
        --build-arg SOURCE_DATE_EPOCH=0 "$@"
elif command -v podman > /dev/null; then
    podman build --format docker --timestamp 0 "$@"
elif command -v buildah > /dev/null; then
    buildah build --format docker --timestamp 0 "$@"
else
    echo "No running docker, no podman, no buildah: one of them builds images. Install one." >&2
    exit 1
fi
echo "$tag"
