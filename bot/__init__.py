"""The talk: channels in and out, conversations, dialogue, survey, delivery."""
