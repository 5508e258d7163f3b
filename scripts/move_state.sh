#!/bin/sh
# Moves a stack's state from the backend in use into another: move_state.sh STACK BACKEND KEY
# KEY is the new backend's secrets provider. The state in the old backend stays as it is.
set -eu
stack=$1 backend=$2 key=$3
exported=$(mktemp)
trap 'rm -f "$exported"' EXIT
pulumi stack export --stack "$stack" --file "$exported"
export PULUMI_BACKEND_URL="$backend"
pulumi stack init "$stack" --secrets-provider "$key" --no-select
pulumi stack import --stack "$stack" --file "$exported"
# What was imported still names the old provider.
pulumi stack change-secrets-provider --stack "$stack" "$key"
