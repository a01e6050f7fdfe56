"""Where acts on people and agencies are recorded."""

CHAIN = "accounts"
