#!/bin/sh
# Builds the container image for $ARCHITECTURE (amd64 or arm64) and tags it by its content:
# image.sh [ARGUMENT OF THE BUILD]...
set -eu

tag=ml-gateway:$(.venv/bin/python -m container.content)
set -- "$@" --platform "linux/$ARCHITECTURE" --tag "$tag" container
# SageMaker takes one manifest in Docker's own format, no OCI manifest and no index of several:
# https://github.com/aws/amazon-sagemaker-feedback/issues/180
case $(scripts/builder.sh) in
docker)
    docker buildx build --output type=docker --provenance=false \
        --build-arg SOURCE_DATE_EPOCH=0 "$@"
    ;;
podman) podman build --format docker --timestamp 0 "$@" ;;
buildah) buildah build --format docker --timestamp 0 "$@" ;;
*) exit 1 ;; # builder.sh has said why
esac
echo "$tag"
