package api

import (
	"io"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/trellis-crm/trellis/engine/clock"
)

// slowest is how many bytes a second a body must come with at least.
const slowest = 64 << 10

// patience gives a request the time that its body needs: a header must come at
// once, so that nobody holds connections with half of one.
func patience(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	length := header.ContentLength()
	if length < 0 { // it comes in chunks, and does not say how many
		return fasthttp.RequestConfig{ReadTimeout: requestWait}
	}
	return fasthttp.RequestConfig{ReadTimeout: min(headerWait+time.Duration(length/slowest)*time.Second, requestWait)}
}

// polite listens for connections that are closed so that the other side can
// read the answer: a server that closes while the other still sends what is
// not read has its last answer thrown away with the connection.
type polite struct{ net.Listener }

// Accept waits for the next connection.
func (l polite) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if tcp, ok := connection.(*net.TCPConn); ok {
		return politeConn{tcp}, err
	}
	return connection, err //nolint:wrapcheck // judged by the server that called
}

type politeConn struct{ *net.TCPConn }

// closeWait is how long the other side may take to notice.
const closeWait = time.Second

// Close says that nothing more will be sent, and listens to the end.
func (c politeConn) Close() error {
	if c.CloseWrite() == nil && c.SetReadDeadline(clock.Machine().Add(closeWait)) == nil {
		_, _ = io.Copy(io.Discard, c.TCPConn) // whatever it was, it is over
	}
	return c.TCPConn.Close() //nolint:wrapcheck // judged by the server that called
}
