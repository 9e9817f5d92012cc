package enginetest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// s3Server is the program that the Makefile builds.
const s3Server = "bin/tools/versitygw-1.8.0"

// Bucket starts an S3 server of its own for a test, with one empty bucket, and
// gives its blob URL and the folder of its objects.
func Bucket(t testing.TB) (address, folder string) {
	t.Helper()
	root, program := t.TempDir(), s3Program(t)
	folder = filepath.Join(root, "data", "files")
	keys := filepath.Join(root, "keys")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keys, []byte("[default]\naws_access_key_id = tester\naws_secret_access_key = not a secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	host := freeAddress(t)
	server := exec.Command(program, "--port", host, "--access", "tester", "--secret", "not a secret", "--quiet", "posix", filepath.Join(root, "data"))
	if err := server.Start(); err != nil {
		t.Fatalf("start the S3 server: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill() // its end is not what is tried
		_ = server.Wait()
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if answer, err := http.Get("http://" + host); err == nil {
			_ = answer.Body.Close() // what it says does not matter
			return fmt.Sprintf("s3://files/kept?endpoint=http://%s&region=us-east-1&credentials=%s", host, keys), folder
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("the S3 server does not answer")
	return "", ""
}

// s3Program finds the S3 server, and has it built where it is missing.
func s3Program(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	repository := filepath.Join(filepath.Dir(here), "..", "..")
	program := filepath.Join(repository, s3Server)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	if out, err := exec.Command("make", "-C", repository, s3Server).CombinedOutput(); err != nil {
		t.Fatalf("build the S3 server: %v\n%s", err, out)
	}
	return program
}

// freeAddress is one on loopback that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // it was only asked for its address
	return listener.Addr().String()
}
