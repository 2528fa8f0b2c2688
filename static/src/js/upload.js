// Uploads in portions, with progress and resuming. Under construction.
