"""Request bodies into rows, predictions into answers: the media types that the server speaks."""
