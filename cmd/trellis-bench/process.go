package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// process is a server that the benchmark started.
type process struct {
	command *exec.Cmd
	address string
	// readyAfter is how long it took to its first answer.
	readyAfter time.Duration
}

// start runs a server and waits until it answers on path with any status below
// 500. The server is asked to stop when ctx ends.
func start(ctx context.Context, path, program string, args ...string) (*process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, program, append(args, "--listen", address)...), address: address} //nolint:gosec // the caller's own program
	var said bytes.Buffer
	p.command.Stderr = &said
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = 10 * time.Second
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	for time.Since(began) < 30*time.Second && ctx.Err() == nil {
		status, _, err := fasthttp.GetTimeout(nil, "http://"+address+path, time.Second)
		if err == nil && status < 500 {
			p.readyAfter = time.Since(began)
			return p, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("%s does not answer: %s", program, said.String())
}

// stop ends the server and waits for it.
func (p *process) stop() {
	_ = p.command.Cancel() // it may have ended already
	_ = p.command.Wait()   // ended by a signal is how it shall end
}

// processorTime is what the server has used so far.
func (p *process) processorTime() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name in brackets may hold spaces; after it utime and stime are the
	// 12th and 13th values, in ticks of a hundredth of a second on Linux.
	values := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int64
	for _, value := range values[11:13] {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// memory is what the server holds now and what it has held at most, in MiB.
func (p *process) memory() (now, most int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		values := strings.Fields(line)
		for name, target := range map[string]*int{"VmRSS:": &now, "VmHWM:": &most} {
			if values[0] == name {
				if *target, err = strconv.Atoi(values[1]); err != nil {
					return 0, 0, err
				}
				*target /= 1024
			}
		}
	}
	return now, most, nil
}

// freeAddress finds a port that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
