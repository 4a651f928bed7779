"""The policy language, pure: compile guardrails to policies, check, evaluate and test them without AWS."""
