"""CloudWatch's metrics and alarms, as far as roll-outs and scaling need them."""
