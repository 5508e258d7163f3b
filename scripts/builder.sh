#!/bin/sh
# Names what builds images here: docker where it runs, else podman, else buildah.
if docker info > /dev/null 2>&1; then
    echo docker
elif command -v podman > /dev/null; then
    echo podman
elif command -v buildah > /dev/null; then
    echo buildah
else
    echo "No running docker, no podman, no buildah: one of them builds images. Install one." >&2
    exit 1
fi
