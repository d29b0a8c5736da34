"""From what was measured and said to what is agreed: findings, needs, priorities, actions, convention, follow-up."""
