"""The web chat: visitors of websites, over WebSocket or long-polling."""
