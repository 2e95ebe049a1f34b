"""What functions may do: the policies of their roles, and who is refused what.

Read `statement` first (a role as data), then `roles` (out of a template), `demands` (what a call
needs), `evaluation` (whether a role may) and `gate` (the one place that asks).

Left out: session policies, permission boundaries, service control policies, tags.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""
