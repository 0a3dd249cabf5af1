"""Where blobs are kept: the local disk, a bucket, or any other file system of fsspec."""
