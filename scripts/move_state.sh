#!/bin/sh
# Moves a stack's state from the backend in use into another: move_state.sh STACK BACKEND KEY
# KEY is the new backend's secrets provider. The state in the old backend stays as it is. An
# interrupted move can be run again; what is under the new key already is not overwritten.
set -eu
stack=$1 backend=$2 key=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
pulumi stack export --stack "$stack" --file "$folder/old"
export PULUMI_BACKEND_URL="$backend"
if ! pulumi stack export --stack "$stack" --file "$folder/new" 2> "$folder/error"; then
    pulumi stack init "$stack" --secrets-provider "$key" --no-select || {
        cat "$folder/error" >&2
        exit 1
    }
fi
if ! grep -qs '"resources"' "$folder/new"; then
    pulumi stack import --stack "$stack" --file "$folder/old"
elif grep -q '"type": "cloud"' "$folder/new"; then
    echo "$stack: $backend has a state of it under a key already. Nothing was moved. If that is" >&2
    echo "not the one you mean, look at it: pulumi stack export --stack $stack" >&2
    exit 1
fi
# What was imported still names the old provider.
pulumi stack change-secrets-provider --stack "$stack" "$key"
