package storetest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is an installed PostgreSQL with a cluster of its own, reached
// through a socket in the cluster's directory.
type program struct {
	bin, directory, data string
	identity             *syscall.Credential
}

// newProgram makes a cluster in a directory.
func newProgram(directory string) (*program, error) {
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(programs) == 0 {
		return nil, fmt.Errorf("no PostgreSQL is installed (apt-get install postgresql), and %s is not set", URLVariable)
	}
	slices.Sort(programs)
	p := &program{bin: programs[len(programs)-1], directory: directory, data: filepath.Join(directory, "data")}
	if p.identity, err = unprivileged(directory); err != nil {
		return nil, err
	}
	return p, p.run("initdb", "-D", p.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
}

func (p *program) path(name string) string { return filepath.Join(p.bin, name) }

func (p *program) run(name string, args ...string) error {
	command := exec.Command(p.path(name), args...)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: p.identity}
	command.Dir = p.directory
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// start serves the cluster and waits until it answers.
func (p *program) start(options string) error {
	return p.run("pg_ctl", "-D", p.data, "-w", "-o", "-k "+p.directory+" -c listen_addresses= "+options, "-l", filepath.Join(p.directory, "log"), "start")
}

func (p *program) url() string {
	return "postgres://postgres@/postgres?host=" + url.QueryEscape(p.directory)
}

// Mortal is a PostgreSQL of one test, to be killed.
type Mortal struct {
	URL     string // of an empty database
	program *program
	main    *exec.Cmd
}

// MortalPostgres starts a PostgreSQL that loses nothing that it has committed.
func MortalPostgres(t testing.TB) *Mortal {
	t.Helper()
	directory, err := os.MkdirTemp("", "trellis-pg-") //nolint:usetesting // of a test, root alone may enter its folder
	if err != nil {
		t.Fatalf("making a PostgreSQL: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(directory) })
	p, err := newProgram(directory)
	if err != nil {
		t.Fatalf("making a PostgreSQL: %v", err)
	}
	m := &Mortal{URL: p.url(), program: p}
	m.Start(t)
	t.Cleanup(func() { m.Kill(t) })
	return m
}

// Start starts it, after a kill, too, and waits until it answers. It is a child
// of this process, so that the dead one is buried and its name is free again.
func (m *Mortal) Start(t testing.TB) {
	t.Helper()
	m.main = exec.Command(m.program.path("postgres"), "-D", m.program.data, "-k", m.program.directory, "-c", "listen_addresses=", "-c", "shared_buffers=64MB")
	m.main.SysProcAttr = &syscall.SysProcAttr{Credential: m.program.identity}
	m.main.Dir = m.program.directory
	if err := m.main.Start(); err != nil {
		t.Fatalf("starting a PostgreSQL: %v", err)
	}
	for m.program.run("pg_isready", "-q", "-h", m.program.directory) != nil {
		if ended(m.main.Process.Pid) {
			t.Fatal("a PostgreSQL did not start")
		}
		<-time.After(20 * time.Millisecond)
	}
}

// Kill kills it with all its processes, whatever they are at.
func (m *Mortal) Kill(t testing.TB) {
	t.Helper()
	if m.main.ProcessState != nil {
		return // it was killed before
	}
	main := m.main.Process.Pid
	if err := syscall.Kill(main, syscall.SIGSTOP); err != nil { // so that it makes no more
		t.Fatalf("killing a PostgreSQL: %v", err)
	}
	made, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", main, main))
	if err != nil {
		t.Fatalf("killing a PostgreSQL: %v", err)
	}
	var processes []int
	for _, name := range append(strings.Fields(string(made)), strconv.Itoa(main)) {
		process, _ := strconv.Atoi(name)
		processes = append(processes, process)
		_ = syscall.Kill(process, syscall.SIGKILL) // it may have ended by itself
	}
	_ = m.main.Wait() // it was killed
	for _, process := range processes {
		for !ended(process) {
			<-time.After(time.Millisecond)
		}
	}
}

// ended tells whether a process is at its end, perhaps with nobody to bury it.
func ended(process int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
