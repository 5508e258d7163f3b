"""What a RestApi and a DirectGateway are made of: stage, usage plans, web ACL, checks."""
