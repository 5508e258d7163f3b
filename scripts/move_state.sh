#!/bin/sh
# Moves a stack's state from the backend in use into another: move_state.sh STACK BACKEND KEY
# KEY is the new backend's secrets provider. The state in the old backend stays as it is. An
# interrupted move can be run again: a state that is in the new backend already is not overwritten.
set -eu
stack=$1 backend=$2 key=$3
exported=$(mktemp)
trap 'rm -f "$exported"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
pulumi stack export --stack "$stack" --file "$exported"
export PULUMI_BACKEND_URL="$backend"
there=$(pulumi stack export --stack "$stack" 2> /dev/null) ||
    pulumi stack init "$stack" --secrets-provider "$key" --no-select
case $there in
*'"resources"'*) echo "$stack: $backend has a state already, which stays as it is." ;;
*) pulumi stack import --stack "$stack" --file "$exported" ;;
esac
# What was imported still names the old provider.
pulumi stack change-secrets-provider --stack "$stack" "$key"
