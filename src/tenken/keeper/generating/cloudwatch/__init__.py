"""CloudWatch: alarms as a CloudFormation template, and what its agent has to send for them."""
