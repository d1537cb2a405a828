module decide

go 1.24.0

require github.com/minio/pkg/v3 v3.1.3
