package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/trellis-crm/trellis/engine/fault"
)

// bucket keeps contents as objects of a bucket.
type bucket struct {
	client *minio.Client
	name   string
	prefix string
}

var _ Store = (*bucket)(nil)

// openS3 reads the address of a bucket. Without an endpoint it is Amazon's. The
// keys are not in it: they are read from the file that credentials names, in
// the form of ~/.aws/credentials, or from the environment, as
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or are those of the machine.
func openS3(address *url.URL) (Store, error) {
	settings := address.Query()
	for name := range settings {
		switch name {
		case "endpoint", "region", "credentials":
		default:
			return nil, fmt.Errorf("the blob URL has no setting %q", name)
		}
	}
	endpoint, err := url.Parse(settings.Get("endpoint"))
	if err != nil || endpoint.Path != "" && endpoint.Path != "/" {
		return nil, errors.New("the endpoint of the blob URL has the form https://host:port")
	}
	if endpoint.Host == "" {
		endpoint = &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: keys(settings.Get("credentials")), Secure: endpoint.Scheme != "http", Region: settings.Get("region"),
	})
	if err != nil {
		return nil, fmt.Errorf("open the bucket: %w", err)
	}
	prefix := strings.Trim(address.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &bucket{client: client, name: address.Host, prefix: prefix}, nil
}

func keys(file string) *credentials.Credentials {
	if file != "" {
		return credentials.NewFileAWSCredentials(file, "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
	})
}

// partSize is how much of a content is held in memory at a time; the least that
// S3 takes as a part.
const partSize = 5 << 20

// Put sends the content part by part; the server shows it when it has all.
func (b *bucket) Put(ctx context.Context, name string, from io.Reader, most int64) (int64, error) {
	if err := check(name); err != nil {
		return 0, err
	}
	content := &bounded{from: from, left: most}
	broken := &remembering{from: content}
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, broken, -1, minio.PutObjectOptions{
		PartSize: partSize, NumThreads: 1, ContentType: "application/octet-stream",
	})
	switch {
	case broken.err != nil:
		return 0, broken.err
	case err != nil:
		return 0, unavailable("store a content", err)
	}
	return content.size, nil
}

// remembering keeps the error of a reader, which is not the server's.
type remembering struct {
	from io.Reader
	err  error
}

// Read reads on.
func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err //nolint:wrapcheck // a reader's errors are its own
}

// Open begins to read the object.
func (b *bucket) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if err := check(name); err != nil {
		return nil, err
	}
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, unavailable("read a content", err)
	}
	if _, err := object.Stat(); err != nil {
		_ = object.Close() // it was not opened
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, ErrNotFound
		}
		return nil, unavailable("read a content", err)
	}
	return object, nil
}

// Delete removes the object, and the parts of one that was never whole.
func (b *bucket) Delete(ctx context.Context, name string) error {
	if err := check(name); err != nil {
		return err
	}
	if err := b.client.RemoveIncompleteUpload(ctx, b.name, b.prefix+name); err != nil {
		return unavailable("remove a content", err)
	}
	if err := b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{}); err != nil {
		return unavailable("remove a content", err)
	}
	return nil
}

// unavailable is what people are told when the server of the bucket fails.
func unavailable(what string, err error) error {
	return fault.New(fault.Unavailable).Because(fmt.Errorf("%s: %w", what, err))
}
