"""What a preview says, for whoever reviews it: Markdown for a pull request, SARIF for alerts."""
