"""The model server beside the plain recipe and four other servers of the same forest."""
