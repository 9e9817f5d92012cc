package api

import (
	"cmp"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/trellis-crm/trellis/engine/clock"
)

// slowest is how many bytes a second a body must come with at least.
const slowest = 64 << 10

// Patience is how long a request may take to come in. A header must come at
// once, so that nobody holds connections with half of one. Its zero value is
// what the product has.
type Patience struct {
	Header  time.Duration // 10 s
	Request time.Duration // with its body: 5 min, because a large file takes long
}

func (p Patience) orUsual() Patience {
	return Patience{Header: cmp.Or(p.Header, 10*time.Second), Request: cmp.Or(p.Request, requestWait)}
}

// forBody gives a request the time that its body needs.
func (p Patience) forBody(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	length := header.ContentLength()
	if length < 0 { // it comes in chunks, and does not say how many
		return fasthttp.RequestConfig{ReadTimeout: p.Request}
	}
	return fasthttp.RequestConfig{ReadTimeout: min(p.Header+time.Duration(length/slowest)*time.Second, p.Request)}
}

// polite listens for connections that are closed so that the other side can
// read the answer: a server that closes while the other still sends what is
// not read has its last answer thrown away with the connection. And once it is
// stopping, none is closed between a request and its answer.
type polite struct {
	net.Listener
	stopping *atomic.Bool
}

// Accept waits for the next connection.
func (l polite) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if tcp, ok := connection.(*net.TCPConn); ok {
		return &politeConn{TCPConn: tcp, stopping: l.stopping}, err
	}
	return connection, err //nolint:wrapcheck // judged by the server that called
}

type politeConn struct {
	*net.TCPConn
	stopping *atomic.Bool

	mutex  sync.Mutex
	asked  bool // something was read that is not answered yet
	closed bool
}

// Read gives nothing more once the connection is being closed: a request that
// comes just then is never begun.
func (c *politeConn) Read(into []byte) (int, error) {
	n, err := c.TCPConn.Read(into)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed {
		return 0, io.EOF
	}
	c.asked = c.asked || n > 0
	return n, err //nolint:wrapcheck // judged by the server that called
}

// rested notes that what was asked has been answered.
func rested(connection net.Conn, state fasthttp.ConnState) {
	if c, ok := connection.(*politeConn); ok && state == fasthttp.StateIdle {
		c.mutex.Lock()
		c.asked = false
		c.mutex.Unlock()
	}
}

// closeWait is how long the other side may take to notice.
const closeWait = time.Second

// Close says that nothing more will be sent, and listens to the end. A server
// that stops closes what it takes for idle; a request that has just come in
// still gets its answer, and the connection ends with the process.
func (c *politeConn) Close() error {
	c.mutex.Lock()
	if c.asked && c.stopping.Load() {
		c.mutex.Unlock()
		return nil
	}
	c.closed = true
	c.mutex.Unlock()
	if c.CloseWrite() == nil && c.SetReadDeadline(clock.Machine().Add(closeWait)) == nil {
		_, _ = io.Copy(io.Discard, c.TCPConn) // whatever it was, it is over
	}
	return c.TCPConn.Close() //nolint:wrapcheck // judged by the server that called
}
