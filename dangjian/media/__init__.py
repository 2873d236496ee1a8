"""Pictures and attachments as they are published."""
